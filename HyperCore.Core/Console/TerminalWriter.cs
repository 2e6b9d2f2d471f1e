using System;

namespace HyperCore.Core.Console;

/// <summary>Collects text and control sequences (ECMA-48) for a terminal and hands them on in larger pieces.</summary>
internal sealed class TerminalWriter
{
    private readonly ByteSink _sink;
    private readonly bool _utf8;
    private readonly byte[] _buffer = new byte[256];
    private int _length;

    public TerminalWriter(ByteSink sink, bool utf8)
    {
        _sink = sink;
        _utf8 = utf8;
    }

    public void Flush()
    {
        if (_length > 0)
        {
            _sink.Write(_buffer.AsSpan(0, _length));
            _length = 0;
        }
    }

    public void Byte(byte value)
    {
        if (_length == _buffer.Length)
        {
            Flush();
        }

        _buffer[_length++] = value;
    }

    public void Bytes(ReadOnlySpan<byte> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Byte(values[i]);
        }
    }

    public void Number(int value)
    {
        if (value >= 10)
        {
            Number(value / 10);
        }

        Byte((byte)('0' + (value % 10)));
    }

    /// <summary>One character: UTF-8, or the nearest there is in ASCII. Control characters become blanks.</summary>
    public void Character(char value)
    {
        if (value is >= ' ' and <= '~')
        {
            Byte((byte)value);
        }
        else if (value is < ' ' or (>= '\x7F' and < '\xA0'))
        {
            Byte((byte)' ');
        }
        else if (!_utf8)
        {
            Byte((byte)AsciiFallback.For(value));
        }
        else if (value < 0x800)
        {
            Byte((byte)(0xC0 | (value >> 6)));
            Byte((byte)(0x80 | (value & 0x3F)));
        }
        else
        {
            // Half of a surrogate pair is no character: U+FFFD in its place.
            char whole = value is >= '\uD800' and <= '\uDFFF' ? '\uFFFD' : value;
            Byte((byte)(0xE0 | (whole >> 12)));
            Byte((byte)(0x80 | ((whole >> 6) & 0x3F)));
            Byte((byte)(0x80 | (whole & 0x3F)));
        }
    }
}
