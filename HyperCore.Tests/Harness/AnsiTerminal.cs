using System;
using System.Linq;
using System.Text;

namespace HyperCore.Tests.Harness;

/// <summary>
/// As much of a terminal (ECMA-48) as HyperCore's menu and the firmware use: what it shows, and beside that the plain text of everything that
/// was written, where a jump of the cursor begins a new line.
/// </summary>
internal sealed class AnsiTerminal
{
    private const int Columns = 80;
    private const int Rows = 24;
    private const int MaxParameters = 16;

    private readonly char[] _cells = new char[Columns * Rows];
    private readonly StringBuilder _plain = new();
    private readonly int[] _parameters = new int[MaxParameters];
    private int _parameterCount;
    private State _state;
    private int _row;
    private int _column;
    private int _top;
    private int _bottom = Rows - 1;

    public AnsiTerminal() => Array.Fill(_cells, ' ');

    private enum State
    {
        Ground,
        Escape,
        Control,
        String,
    }

    /// <summary>Everything that was written, without control sequences; lines end with \n.</summary>
    public StringBuilder Plain => _plain;

    /// <summary>What the terminal shows, its lines without blanks at their ends.</summary>
    public string Screen => string.Join('\n', Enumerable.Range(0, Rows).Select(row => new string(_cells, row * Columns, Columns).TrimEnd()));

    /// <summary>Takes what was received.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            Write(character);
        }
    }

    private void Write(char character)
    {
        switch (_state)
        {
            case State.Escape:
                AfterEscape(character);
                break;
            case State.Control:
                InControl(character);
                break;
            case State.String:
                // Ends with BEL or ESC \.
                _state = character == '\a' ? State.Ground : character == '\e' ? State.Escape : State.String;
                break;
            default:
                Put(character);
                break;
        }
    }

    private void Put(char character)
    {
        switch (character)
        {
            case '\e':
                _state = State.Escape;
                break;
            case '\r':
                _column = 0;
                break;
            case '\n':
                _plain.Append('\n');
                LineFeed();
                break;
            case '\b':
                _column = Math.Max(_column - 1, 0);
                break;
            case '\t':
                _plain.Append('\t');
                _column = Math.Min((_column + 8) & ~7, Columns - 1);
                break;
            case >= ' ':
                Show(character);
                break;
        }
    }

    private void Show(char character)
    {
        _plain.Append(character);
        if (_column == Columns)
        {
            _column = 0;
            LineFeed();
        }

        _cells[(_row * Columns) + _column++] = character;
    }

    private void LineFeed()
    {
        if (_row != _bottom)
        {
            _row = Math.Min(_row + 1, Rows - 1);
            return;
        }

        Array.Copy(_cells, (_top + 1) * Columns, _cells, _top * Columns, (_bottom - _top) * Columns);
        Array.Fill(_cells, ' ', _bottom * Columns, Columns);
    }

    private void AfterEscape(char character)
    {
        _state = character switch
        {
            '[' => State.Control,
            ']' or 'P' or 'X' or '^' or '_' => State.String,
            _ => State.Ground,
        };
        _parameterCount = 0;
        Array.Clear(_parameters);
    }

    private void InControl(char character)
    {
        if (char.IsAsciiDigit(character))
        {
            _parameterCount = Math.Max(_parameterCount, 1);
            int index = Math.Min(_parameterCount, MaxParameters) - 1;
            _parameters[index] = Math.Min((_parameters[index] * 10) + character - '0', 9999);
        }
        else if (character == ';')
        {
            _parameterCount = Math.Max(_parameterCount, 1) + 1;
        }
        else if (character >= '@')
        {
            _state = State.Ground;
            Execute(character);
        }
    }

    private void Execute(char final)
    {
        int first = Math.Max(_parameters[0], 1);
        switch (final)
        {
            case 'H' or 'f':
                MoveTo(first - 1, Math.Max(_parameters[1], 1) - 1);
                break;
            case 'A':
                MoveTo(_row - first, _column);
                break;
            case 'B':
                MoveTo(_row + first, _column);
                break;
            case 'C':
                MoveTo(_row, _column + first);
                break;
            case 'D':
                MoveTo(_row, _column - first);
                break;
            case 'J':
                int start = _parameters[0] == 2 ? 0 : (_row * Columns) + Math.Min(_column, Columns - 1);
                Array.Fill(_cells, ' ', start, _cells.Length - start);
                break;
            case 'K':
                int from = Math.Min(_column, Columns - 1);
                Array.Fill(_cells, ' ', (_row * Columns) + from, Columns - from);
                break;
            case 'r':
                _top = first - 1;
                _bottom = (_parameters[1] == 0 ? Rows : Math.Min(_parameters[1], Rows)) - 1;
                MoveTo(0, 0);
                break;
        }
    }

    private void MoveTo(int row, int column)
    {
        if (_plain.Length > 0 && _plain[^1] != '\n')
        {
            _plain.Append('\n');
        }

        _row = Math.Clamp(row, 0, Rows - 1);
        _column = Math.Clamp(column, 0, Columns - 1);
    }
}
