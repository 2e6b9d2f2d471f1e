using System;

namespace HyperCore.Core.Usb;

/// <summary>Memory that a controller and its driver share: where the driver and where the controller finds it.</summary>
public readonly unsafe struct DmaBlock
{
    /// <summary>Describes memory.</summary>
    /// <param name="pointer">The first byte for the driver.</param>
    /// <param name="address">The first byte for the controller.</param>
    /// <param name="length">Bytes.</param>
    public DmaBlock(byte* pointer, ulong address, int length)
    {
        Pointer = pointer;
        Address = address;
        Length = length;
    }

    /// <summary>The first byte for the driver.</summary>
    public byte* Pointer { get; }

    /// <summary>The first byte for the controller.</summary>
    public ulong Address { get; }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => new(Pointer, Length);

    /// <summary>A part of the memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not inside.</exception>
    public DmaBlock Slice(int offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset));
        }

        return new DmaBlock(Pointer + offset, Address + (ulong)offset, length);
    }
}
