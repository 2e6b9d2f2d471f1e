using System;
using System.Collections.Generic;

namespace HyperCore.StartScreen.Input;

/// <summary>
/// Finds the keys in what Linux's console sends: UTF-8, and sequences such as ESC [ A, ESC [ 5 ~ and ESC [ [ A (console_codes(4)). The console
/// sends a sequence in one piece, so ESC at the end of what was read is the Escape key.
/// </summary>
internal sealed class TerminalKeys
{
    private const byte Escape = 0x1B;

    private int _codePoint;
    private int _rest;

    /// <summary>Takes what was read at once.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="keys">The keys are added to it.</param>
    public void Feed(ReadOnlySpan<byte> bytes, List<KeyPress> keys)
    {
        while (!bytes.IsEmpty)
        {
            byte value = bytes[0];
            bytes = bytes[1..];
            if (value != Escape)
            {
                Add(FromByte(value), keys);
            }
            else if (bytes.IsEmpty || bytes[0] == Escape)
            {
                keys.Add(new KeyPress(Key.Escape));
            }
            else if (bytes[0] is (byte)'[' or (byte)'O')
            {
                Add(new KeyPress(Sequence(bytes[1..], out int length)), keys);
                bytes = bytes[(1 + length)..];
            }
            else
            {
                // Alt and a character: nothing here has such a key.
                bytes = bytes[1..];
            }
        }
    }

    private static void Add(KeyPress press, List<KeyPress> keys)
    {
        if (press.Key != Key.None)
        {
            keys.Add(press);
        }
    }

    private static Key Sequence(ReadOnlySpan<byte> bytes, out int length)
    {
        // Function keys: ESC [ [ A.
        if (bytes.Length >= 2 && bytes[0] == '[')
        {
            length = 2;
            return Key.None;
        }

        int number = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte value = bytes[i];
            if (value is >= (byte)'0' and <= (byte)'9' && number < 100)
            {
                number = (number * 10) + value - '0';
            }
            else if (value is >= 0x40 and <= 0x7E)
            {
                length = i + 1;
                return value == '~' ? FromNumber(number) : FromFinal(value);
            }
        }

        length = bytes.Length;
        return Key.None;
    }

    private static Key FromNumber(int number) => number switch
    {
        1 or 7 => Key.Home,
        3 => Key.Delete,
        4 or 8 => Key.End,
        5 => Key.PageUp,
        6 => Key.PageDown,
        _ => Key.None,
    };

    private static Key FromFinal(byte value) => value switch
    {
        (byte)'A' => Key.Up,
        (byte)'B' => Key.Down,
        (byte)'C' => Key.Right,
        (byte)'D' => Key.Left,
        (byte)'H' => Key.Home,
        (byte)'F' => Key.End,
        (byte)'Z' => Key.Up,
        _ => Key.None,
    };

    private KeyPress FromByte(byte value)
    {
        if (value >= 0x80)
        {
            return FromUtf8(value);
        }

        _rest = 0;
        return value switch
        {
            (byte)'\r' or (byte)'\n' => new KeyPress(Key.Enter),
            (byte)'\t' => new KeyPress(Key.Tab),
            0x7F or 0x08 => new KeyPress(Key.Backspace),
            < 0x20 => default,
            _ => new KeyPress(Key.Character, (char)value),
        };
    }

    private KeyPress FromUtf8(byte value)
    {
        if (value >= 0xC0)
        {
            _rest = value >= 0xF0 ? 3 : value >= 0xE0 ? 2 : 1;
            _codePoint = value & (0x3F >> _rest);
            return default;
        }

        if (_rest == 0)
        {
            return default;
        }

        _codePoint = (_codePoint << 6) | (value & 0x3F);
        _rest--;
        return _rest == 0 && _codePoint is >= 0xA0 and < 0xD800 ? new KeyPress(Key.Character, (char)_codePoint) : default;
    }
}
