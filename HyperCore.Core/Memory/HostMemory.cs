using System;

namespace HyperCore.Core.Memory;

/// <summary>Fills and copies host memory of any size; spans end at 2 GiB.</summary>
public static unsafe class HostMemory
{
    private const ulong Chunk = 0x4000_0000;

    /// <summary>Sets <paramref name="length"/> bytes to zero.</summary>
    public static void Zero(byte* address, ulong length)
    {
        while (length > 0)
        {
            ulong count = Math.Min(length, Chunk);
            new Span<byte>(address, (int)count).Clear();
            address += count;
            length -= count;
        }
    }

    /// <summary>Copies <paramref name="length"/> bytes; the ranges do not overlap.</summary>
    public static void Copy(byte* destination, byte* source, ulong length)
    {
        while (length > 0)
        {
            ulong count = Math.Min(length, Chunk);
            new ReadOnlySpan<byte>(source, (int)count).CopyTo(new Span<byte>(destination, (int)count));
            destination += count;
            source += count;
            length -= count;
        }
    }
}
