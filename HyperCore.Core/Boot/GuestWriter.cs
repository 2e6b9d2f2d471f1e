using System;
using System.Buffers.Binary;
using HyperCore.Core.Config;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Boot;

/// <summary>
/// Writes little-endian fields into guest RAM. A write outside RAM is dropped: the loaders have checked that the RAM they build in is
/// there before they start.
/// </summary>
internal readonly ref struct GuestWriter(GuestMemory memory)
{
    private readonly GuestMemory _memory = memory;

    public void U8(ulong address, byte value)
    {
        Span<byte> bytes = stackalloc byte[1];
        bytes[0] = value;
        _memory.TryWrite(address, bytes);
    }

    public void U16(ulong address, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _memory.TryWrite(address, bytes);
    }

    public void U32(ulong address, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _memory.TryWrite(address, bytes);
    }

    public void U64(ulong address, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _memory.TryWrite(address, bytes);
    }

    public void Bytes(ulong address, ReadOnlySpan<byte> value) => _memory.TryWrite(address, value);

    /// <summary>Writes text as UTF-8 with a terminating zero.</summary>
    /// <returns>The address after the zero.</returns>
    public ulong Text(ulong address, ReadOnlySpan<char> text)
    {
        Span<byte> piece = stackalloc byte[4 * 64];
        while (text.Length > 0)
        {
            // A character of two UTF-16 units must not be torn apart.
            int count = Math.Min(text.Length, 64);
            if (count > 1 && count < text.Length && text[count - 1] is >= '\uD800' and <= '\uDBFF')
            {
                count--;
            }

            int length = Utf8Text.Encode(text.Slice(0, count), piece);
            Bytes(address, piece.Slice(0, length));
            address += (ulong)length;
            text = text.Slice(count);
        }

        U8(address, 0);
        return address + 1;
    }

    /// <summary>Fills RAM with zeros; the range may cross slots that touch.</summary>
    /// <returns>False when part of it is not RAM.</returns>
    public bool Clear(ulong address, ulong length)
    {
        while (length > 0)
        {
            // Slots consist of whole pages, so a piece that stays inside a page stays inside its slot.
            int piece = (int)Math.Min(length, 0x1000 - (address & 0xFFF));
            if (!_memory.TrySlice(address, piece, out Span<byte> span))
            {
                return false;
            }

            span.Clear();
            address += (ulong)piece;
            length -= (ulong)piece;
        }

        return true;
    }

    /// <summary>Writes the GDT of the entry state (see <see cref="BootState.Apply"/>).</summary>
    public void Gdt(BootState state)
    {
        U64(BootLayout.Gdt, 0);
        U64(BootLayout.Gdt + 8, 0);
        U64(BootLayout.Gdt + BootLayout.CodeSelector, state.CodeDescriptor);
        U64(BootLayout.Gdt + BootLayout.DataSelector, BootState.DataDescriptor);
    }
}
