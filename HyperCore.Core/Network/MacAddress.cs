using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Network;

/// <summary>A 48-bit MAC address (IEEE 802-2014, 8.2).</summary>
/// <param name="value">The first octet of the frame in bits 47:40, and so on; higher bits are ignored.</param>
public readonly struct MacAddress(ulong value) : IEquatable<MacAddress>
{
    /// <summary>Bytes of an address.</summary>
    public const int Size = 6;

    // The two least significant bits of the first octet (IEEE 802-2014, 8.2.2).
    private const ulong GroupBit = 1ul << 40;
    private const ulong LocalBit = 2ul << 40;
    private const ulong Mask = (1ul << 48) - 1;

    // FNV-1a, 64 bits: names that differ in one character give addresses that have nothing in common.
    private const ulong HashStart = 0xCBF2_9CE4_8422_2325;
    private const ulong HashFactor = 0x100_0000_01B3;

    /// <summary>The address as a number: the first octet in bits 47:40.</summary>
    public readonly ulong Value = value & Mask;

    /// <summary>The address of everybody on the network.</summary>
    public static MacAddress Broadcast => new(Mask);

    /// <summary>It names a group of stations; the broadcast address does too.</summary>
    public bool IsGroup => (Value & GroupBit) != 0;

    /// <summary>It was not given out by a manufacturer.</summary>
    public bool IsLocal => (Value & LocalBit) != 0;

    /// <summary>Reads an address as it is in a frame.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < Size; i++)
        {
            value = (value << 8) | bytes[i];
        }

        return new MacAddress(value);
    }

    /// <summary>
    /// The address of a VM: locally administered, and the same at each start. The machine's network card is part of it, because two
    /// machines with the same configuration may be on one network.
    /// </summary>
    /// <param name="name">The VM's name.</param>
    /// <param name="card">The address of the uplink; 0 without one.</param>
    public static MacAddress ForVirtualMachine(ReadOnlySpan<char> name, MacAddress card)
    {
        ulong hash = HashStart;
        for (int shift = 40; shift >= 0; shift -= 8)
        {
            hash = (hash ^ ((card.Value >> shift) & 0xFF)) * HashFactor;
        }

        for (int i = 0; i < name.Length; i++)
        {
            hash = (hash ^ name[i]) * HashFactor;
        }

        // The upper bits of the product have seen all of the name.
        return new MacAddress((hash >> 16 & ~GroupBit) | LocalBit);
    }

    /// <summary>Writes the address as it is in a frame.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public void CopyTo(Span<byte> bytes)
    {
        for (int i = 0; i < Size; i++)
        {
            bytes[i] = (byte)(Value >> (40 - (8 * i)));
        }
    }

    /// <summary>Writes it as people do: <c>02:ab:00:12:34:56</c>.</summary>
    public void AppendTo(ref TextBuilder text)
    {
        for (int shift = 40; shift >= 0; shift -= 8)
        {
            text.AppendHex((Value >> shift) & 0xFF, 2);
            if (shift > 0)
            {
                text.Append(':');
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(MacAddress other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MacAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Value ^ (Value >> 32));
}
