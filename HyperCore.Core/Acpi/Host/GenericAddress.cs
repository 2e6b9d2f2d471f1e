using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Acpi.Host;

/// <summary>A register's place as ACPI writes it, the Generic Address Structure (ACPI 6.5, 5.2.3.2).</summary>
public readonly struct GenericAddress
{
    /// <summary>Length of the structure in bytes.</summary>
    public const int Length = 12;

    /// <summary>Address space 0: memory.</summary>
    public const byte SystemMemory = 0;

    /// <summary>Address space 1: I/O ports.</summary>
    public const byte SystemIo = 1;

    /// <summary>Address space 2: PCI configuration space of segment 0, bus 0.</summary>
    public const byte PciConfiguration = 2;

    /// <summary>Makes an address.</summary>
    public GenericAddress(byte space, byte bitWidth, ulong address)
    {
        Space = space;
        BitWidth = bitWidth;
        Address = address;
    }

    /// <summary>Which address space.</summary>
    public byte Space { get; }

    /// <summary>Width of the register in bits.</summary>
    public byte BitWidth { get; }

    /// <summary>The address in its space; 0 means that there is no such register.</summary>
    public ulong Address { get; }

    /// <summary>The register is an I/O port that exists.</summary>
    public bool IsPort => Space == SystemIo && Address is > 0 and <= ushort.MaxValue;

    /// <summary>Reads the structure; all zero when <paramref name="bytes"/> is too short.</summary>
    public static GenericAddress Read(ReadOnlySpan<byte> bytes)
        => bytes.Length < Length ? default : new GenericAddress(bytes[0], bytes[1], BinaryPrimitives.ReadUInt64LittleEndian(bytes.Slice(4)));

    /// <summary>The port an older table revision gives as a plain number; none when it is 0.</summary>
    public static GenericAddress Port(ulong port, byte bitWidth) => port == 0 ? default : new GenericAddress(SystemIo, bitWidth, port);
}
