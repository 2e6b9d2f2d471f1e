using System;
using System.Collections.Generic;
using System.Text;
using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

/// <summary>A terminal that understands what <see cref="AnsiMirror"/> may send, and nothing else.</summary>
internal sealed class FakeTerminal(int columns, int rows) : ByteSink
{
    private readonly List<byte> _all = [];
    private readonly char[,] _characters = Blank(columns, rows);
    private readonly (int Foreground, int Background)[,] _colors = new (int, int)[rows, columns];
    private (int Foreground, int Background) _color = (39, 49);
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private string _pending = "";
    private int _column;
    private int _row;
    private int _top;
    private int _bottom = rows - 1;

    public int BytesSent => _all.Count;

    public string Sent => Encoding.UTF8.GetString([.. _all]);

    public void Forget() => _all.Clear();

    public string Row(int row)
    {
        var text = new StringBuilder();
        for (int column = 0; column < columns; column++)
        {
            text.Append(_characters[row, column]);
        }

        return text.ToString().TrimEnd();
    }

    public (int Foreground, int Background) ColorAt(int column, int row) => _colors[row, column];

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        _all.AddRange(bytes);

        // Characters and sequences may come in pieces.
        char[] characters = new char[bytes.Length + 1];
        int count = _decoder.GetChars(bytes, characters, flush: false);
        string text = _pending + new string(characters, 0, count);
        _pending = "";
        int sequence = text.LastIndexOf('\e');
        if (sequence >= 0 && !text.AsSpan(sequence).ContainsAnyInRange('A', 'Z') && !text.AsSpan(sequence).ContainsAnyInRange('a', 'z'))
        {
            _pending = text[sequence..];
            text = text[..sequence];
        }

        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\e':
                    i = Sequence(text, i + 1);
                    break;
                case '\r':
                    _column = 0;
                    break;
                case '\n':
                    LineFeed();
                    break;
                default:
                    Print(text[i]);
                    break;
            }
        }
    }

    private static char[,] Blank(int columns, int rows)
    {
        char[,] cells = new char[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                cells[row, column] = ' ';
            }
        }

        return cells;
    }

    private void Print(char character)
    {
        Assert.True(character >= ' ');
        if (_column == columns)
        {
            _column = 0;
            LineFeed();
        }

        _characters[_row, _column] = character;
        _colors[_row, _column] = _color;
        _column++;
    }

    private void LineFeed()
    {
        if (_row != _bottom)
        {
            _row = Math.Min(_row + 1, rows - 1);
            return;
        }

        for (int row = _top; row <= _bottom; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                _characters[row, column] = row < _bottom ? _characters[row + 1, column] : ' ';
            }
        }
    }

    private int Sequence(string text, int at)
    {
        Assert.Equal('[', text[at++]);
        int start = at;
        while (text[at] is (>= '0' and <= '9') or ';' or '?')
        {
            at++;
        }

        string parameters = text[start..at];
        string[] parts = parameters.Split(';');
        switch (text[at])
        {
            case 'H':
                _row = int.Parse(parts[0]) - 1;
                _column = parts.Length > 1 ? int.Parse(parts[1]) - 1 : 0;
                Assert.InRange(_row, 0, rows - 1);
                Assert.InRange(_column, 0, columns - 1);
                break;
            case 'm':
                foreach (string part in parts)
                {
                    int value = int.Parse(part);
                    _color = value switch
                    {
                        0 => (39, 49),
                        >= 40 and <= 47 => (_color.Foreground, value),
                        (>= 30 and <= 37) or (>= 90 and <= 97) => (value, _color.Background),
                        _ => throw new InvalidOperationException(part),
                    };
                }

                break;
            case 'r':
                _top = parameters.Length == 0 ? 0 : int.Parse(parts[0]) - 1;
                _bottom = parameters.Length == 0 ? rows - 1 : int.Parse(parts[1]) - 1;
                (_row, _column) = (0, 0);
                break;
            case 'J':
                Assert.Equal("2", parameters);
                Array.Copy(Blank(columns, rows), _characters, _characters.Length);
                break;
            case 'K':
                for (int column = _column; column < columns; column++)
                {
                    _characters[_row, column] = ' ';
                }

                break;
            case 'l' or 'h':
                Assert.Equal("?25", parameters);
                break;
            default:
                throw new InvalidOperationException($"ESC [ {parameters} {text[at]}");
        }

        return at;
    }
}
