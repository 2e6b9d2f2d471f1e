using System;
using System.Collections.Generic;
using System.Text;

namespace HyperCore.Tool.Logs;

/// <summary>
/// Makes lines of what came over the serial line: control sequences are taken out, and so is the menu, which is drawn between them. A line counts from
/// the last place where the cursor was moved to or where it was begun anew.
/// </summary>
internal sealed class SerialLineReader
{
    /// <summary>The longest line; what is longer becomes several.</summary>
    public const int MaxLine = 8192;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private State _state;

    private enum State
    {
        Text,
        CarriageReturn,
        Escape,
        Control,
        String,
        StringEscape,
    }

    /// <summary>Takes bytes.</summary>
    /// <returns>The lines that they complete, without empty ones.</returns>
    public List<string> Take(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        int count = _decoder.GetChars(bytes, characters, flush: false);
        var lines = new List<string>();
        foreach (char character in characters.AsSpan(0, count))
        {
            Take(character, lines);
        }

        return lines;
    }

    /// <summary>The line that was begun; null when there is none.</summary>
    public string? TakeRest()
    {
        string rest = _line.ToString();
        _line.Clear();
        return rest.Length == 0 ? null : rest;
    }

    private void Take(char character, List<string> lines)
    {
        switch (_state)
        {
            case State.Escape:
                _state = character switch
                {
                    '[' => State.Control,
                    ']' or 'P' or 'X' or '^' or '_' => State.String,
                    _ => State.Text,
                };
                break;
            case State.Control:
                TakeControl(character);
                break;
            case State.String:
                _state = character switch
                {
                    '\a' => State.Text,
                    '\e' => State.StringEscape,
                    _ => State.String,
                };
                break;
            case State.StringEscape:
                _state = State.Text;
                break;
            default:
                TakeText(character, lines);
                break;
        }
    }

    // ECMA-48, 5.4: parameters, then one final byte.
    private void TakeControl(char character)
    {
        if (character == '\e')
        {
            _state = State.Escape;
        }
        else if (character is >= '@' and <= '~')
        {
            _state = State.Text;
            if (character is 'H' or 'f' or 'J' or 'A' or 'B' or 'd')
            {
                _line.Clear();
            }
        }
    }

    private void TakeText(char character, List<string> lines)
    {
        if (character == '\n' || _line.Length == MaxLine)
        {
            string line = _line.ToString().TrimEnd();
            _line.Clear();
            _state = State.Text;
            if (line.Length > 0)
            {
                lines.Add(line);
            }
        }

        switch (character)
        {
            case '\n':
                break;
            case '\r':
                _state = State.CarriageReturn;
                break;
            case '\e':
                _state = State.Escape;
                break;
            default:
                if (_state == State.CarriageReturn)
                {
                    // The line is written over, as a progress display is.
                    _line.Clear();
                    _state = State.Text;
                }

                if (!char.IsControl(character) || character == '\t')
                {
                    _line.Append(character);
                }

                break;
        }
    }
}
