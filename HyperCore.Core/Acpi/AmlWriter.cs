using System;

namespace HyperCore.Core.Acpi;

/// <summary>
/// Writes ACPI Machine Language (ACPI 6.5, 20.2) into a span. Objects with a length are opened by a <c>Begin</c> method and closed by
/// <see cref="End"/>, innermost first. When the span is full nothing more is written and <see cref="Overflowed"/> is set.
/// </summary>
public ref struct AmlWriter
{
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte NameOp = 0x08;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DWordPrefix = 0x0C;
    private const byte StringPrefix = 0x0D;
    private const byte QWordPrefix = 0x0E;
    private const byte ScopeOp = 0x10;
    private const byte BufferOp = 0x11;
    private const byte PackageOp = 0x12;
    private const byte ExtendedPrefix = 0x5B;
    private const byte DeviceOp = 0x82;

    private readonly Span<byte> _area;
    private int _length;

    /// <summary>Creates a writer.</summary>
    /// <param name="area">Where to write.</param>
    public AmlWriter(Span<byte> area)
    {
        _area = area;
        _length = 0;
        Overflowed = false;
    }

    /// <summary>Bytes written.</summary>
    public readonly int Length => _length;

    /// <summary>Whether the area was too small.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Opens a scope.</summary>
    /// <param name="path">Four characters.</param>
    /// <returns>What <see cref="End"/> wants.</returns>
    public int BeginScope(scoped ReadOnlySpan<byte> path)
    {
        Byte(ScopeOp);
        int start = _length;
        Bytes(path);
        return start;
    }

    /// <summary>Opens a device.</summary>
    /// <param name="name">Four characters.</param>
    /// <returns>What <see cref="End"/> wants.</returns>
    public int BeginDevice(scoped ReadOnlySpan<byte> name)
    {
        Byte(ExtendedPrefix);
        Byte(DeviceOp);
        int start = _length;
        Bytes(name);
        return start;
    }

    /// <summary>Opens a package.</summary>
    /// <param name="elements">How many objects will follow in it.</param>
    /// <returns>What <see cref="End"/> wants.</returns>
    public int BeginPackage(byte elements)
    {
        Byte(PackageOp);
        int start = _length;
        Byte(elements);
        return start;
    }

    /// <summary>Opens a buffer of resource descriptors.</summary>
    /// <returns>What <see cref="EndResources"/> wants.</returns>
    public int BeginResources()
    {
        Byte(BufferOp);

        // The size has a fixed place: a byte is enough for our lists of resources.
        int start = _length;
        Byte(BytePrefix);
        Byte(0);
        return start;
    }

    /// <summary>
    /// Closes a buffer of resource descriptors with its end tag (ACPI 6.5, 6.4.2.9). More than 255 bytes of descriptors count as an overflow.
    /// </summary>
    /// <param name="start">What <see cref="BeginResources"/> returned.</param>
    public void EndResources(int start)
    {
        const byte EndTag = 0x79;
        const int SizeLength = 2;
        Byte(EndTag);
        Byte(0); // a checksum of zero is always right
        int size = _length - start - SizeLength;
        if (size > byte.MaxValue)
        {
            Overflowed = true;
        }

        if (!Overflowed)
        {
            _area[start + 1] = (byte)size;
        }

        End(start);
    }

    /// <summary>Closes what a <c>Begin</c> method opened: puts the package length (ACPI 6.5, 20.2.4) before its contents.</summary>
    /// <param name="start">What the method returned.</param>
    public void End(int start)
    {
        // The length counts itself: one byte up to 63, else a lead byte with four bits and one or two bytes with eight each.
        int contents = _length - start;
        int lengthBytes = contents + 1 < 0x40 ? 1 : contents + 2 < 0x1000 ? 2 : 3;
        if (Overflowed || _area.Length - _length < lengthBytes)
        {
            Overflowed = true;
            return;
        }

        _area.Slice(start, contents).CopyTo(_area.Slice(start + lengthBytes));
        int total = contents + lengthBytes;
        if (lengthBytes == 1)
        {
            _area[start] = (byte)total;
        }
        else
        {
            _area[start] = (byte)(((lengthBytes - 1) << 6) | (total & 0x0F));
            for (int i = 1; i < lengthBytes; i++)
            {
                _area[start + i] = (byte)(total >> ((8 * i) - 4));
            }
        }

        _length += lengthBytes;
    }

    /// <summary>Begins a named object; its value is what is written next.</summary>
    /// <param name="path">Four characters.</param>
    public void Name(scoped ReadOnlySpan<byte> path)
    {
        Byte(NameOp);
        Bytes(path);
    }

    /// <summary>A named integer.</summary>
    public void NameInteger(scoped ReadOnlySpan<byte> path, ulong value)
    {
        Name(path);
        Integer(value);
    }

    /// <summary>A named PNP ID in its compressed form (ACPI 6.5, 19.6.37).</summary>
    /// <param name="path">Four characters.</param>
    /// <param name="id">Three capitals and four hexadecimal digits, as in <c>PNP0A08</c>.</param>
    public void NamePnpId(scoped ReadOnlySpan<byte> path, scoped ReadOnlySpan<byte> id)
    {
        Name(path);
        uint value = 0;
        for (int i = 0; i < 3; i++)
        {
            value = (value << 5) | (uint)(id[i] & 0x1F);
        }

        for (int i = 3; i < 7; i++)
        {
            int digit = id[i] <= (byte)'9' ? id[i] - '0' : id[i] - 'A' + 10;
            value = (value << 4) | (uint)digit;
        }

        // The ID is kept in big-endian order.
        Integer((value >> 24) | ((value >> 8) & 0xFF00) | ((value << 8) & 0xFF_0000) | (value << 24));
    }

    /// <summary>A named string.</summary>
    public void NameString(scoped ReadOnlySpan<byte> path, scoped ReadOnlySpan<byte> value)
    {
        Name(path);
        Byte(StringPrefix);
        Bytes(value);
        Byte(0);
    }

    /// <summary>An integer in its shortest form.</summary>
    public void Integer(ulong value)
    {
        switch (value)
        {
            case 0:
                Byte(ZeroOp);
                break;
            case 1:
                Byte(OneOp);
                break;
            case <= byte.MaxValue:
                Byte(BytePrefix);
                Byte((byte)value);
                break;
            case <= ushort.MaxValue:
                Byte(WordPrefix);
                Word((ushort)value);
                break;
            case <= uint.MaxValue:
                Byte(DWordPrefix);
                DWord((uint)value);
                break;
            default:
                Byte(QWordPrefix);
                DWord((uint)value);
                DWord((uint)(value >> 32));
                break;
        }
    }

    /// <summary>A byte as it is.</summary>
    public void Byte(byte value)
    {
        if (_length >= _area.Length)
        {
            Overflowed = true;
            return;
        }

        _area[_length++] = value;
    }

    /// <summary>Two bytes, low one first.</summary>
    public void Word(ushort value)
    {
        Byte((byte)value);
        Byte((byte)(value >> 8));
    }

    /// <summary>Four bytes, low one first.</summary>
    public void DWord(uint value)
    {
        Word((ushort)value);
        Word((ushort)(value >> 16));
    }

    private void Bytes(scoped ReadOnlySpan<byte> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Byte(values[i]);
        }
    }
}
