using System;
using System.Buffers.Binary;
using System.Text;

namespace HyperCore.Tests.Tool;

/// <summary>Images for the firmware, as small as they can be.</summary>
internal static class EfiImages
{
    /// <summary>A UEFI application for x86-64 with one section of code.</summary>
    /// <param name="subsystem">10: EFI application.</param>
    /// <param name="machine">8664h: x86-64.</param>
    /// <param name="fill">A byte of the code.</param>
    public static byte[] Application(ushort subsystem = 10, ushort machine = 0x8664, byte fill = 0xF4)
    {
        byte[] pe = new byte[0x400];
        Span<byte> bytes = pe;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, 0x5A4D);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x3C..], 0x80);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x80..], 0x4550);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x84..], machine);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x86..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x94..], 240);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x96..], 0x22);
        Span<byte> optional = bytes[0x98..];
        BinaryPrimitives.WriteUInt16LittleEndian(optional, 0x20B);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[16..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[32..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[36..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[56..], 0x2000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[60..], 0x200);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[68..], subsystem);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[108..], 16);
        Span<byte> section = optional[240..];
        Encoding.ASCII.GetBytes(".text").CopyTo(section);
        BinaryPrimitives.WriteUInt32LittleEndian(section[8..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(section[12..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(section[16..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(section[20..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(section[36..], 0x6000_0020);
        bytes[0x200..].Fill(fill);
        return pe;
    }
}
