using System;
using System.Buffers.Binary;
using HyperCore.Tests.Trust;

namespace HyperCore.Tests.Tool;

/// <summary>Images for the firmware, as small as they can be.</summary>
internal static class EfiImages
{
    private const int CodeAt = 0x200;

    /// <summary>A UEFI application for x86-64 with one section of code, and one for a key, which is empty.</summary>
    /// <param name="subsystem">10: EFI application.</param>
    /// <param name="machine">8664h: x86-64.</param>
    /// <param name="fill">A byte of the code.</param>
    public static byte[] Application(ushort subsystem = 10, ushort machine = 0x8664, byte fill = 0xF4)
    {
        byte[] image = SampleImage.Build();
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x84), machine);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x98 + 68), subsystem);
        image.AsSpan(CodeAt, SampleImage.AnchorAt - CodeAt).Fill(fill);
        return image;
    }
}
