using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace HyperCore.Tests.Harness;

/// <summary>The machine's COM1: what it writes, and a way to type to it.</summary>
internal sealed class SerialConsole : IDisposable
{
    private const string Panic = "panic: ";
    private const int LinesInMessages = 40;

    private readonly Stream _output;
    private readonly Stream _input;
    private readonly Thread _reader;
    private readonly Func<string?> _whyEnded;
    private readonly object _gate = new();
    private readonly AnsiTerminal _terminal = new();
    private readonly MemoryStream _raw = new();
    private bool _closed;
    private int _cursor;

    /// <summary>Begins to read.</summary>
    /// <param name="output">
    /// What the machine writes. A pipe: QEMU writes byte by byte, of which a socket holds only a few hundred, and HyperCore does not wait long for
    /// a line that nobody reads.
    /// </param>
    /// <param name="input">What it reads.</param>
    /// <param name="whyEnded">Says why the emulator has ended; null while it runs.</param>
    public SerialConsole(Stream output, Stream input, Func<string?> whyEnded)
    {
        _output = output;
        _input = input;
        _whyEnded = whyEnded;
        _reader = new Thread(Read) { IsBackground = true, Name = "serial" };
        _reader.Start();
    }

    /// <summary>A panic of HyperCore is what the test is about; else it ends every wait with a failure.</summary>
    public bool ExpectsPanic { get; set; }

    /// <summary>All plain text so far: no control sequences, lines end with \n.</summary>
    public string Text => Locked(() => _terminal.Plain.ToString());

    /// <summary>What a terminal of 80x24 on this line shows.</summary>
    public string Screen => Locked(() => _terminal.Screen);

    /// <summary>All bytes so far.</summary>
    public byte[] Raw => Locked(_raw.ToArray);

    /// <summary>Waits until text that was not yet waited for matches, and takes the text up to the end of the match.</summary>
    /// <param name="pattern">A regular expression; ^ and $ match at line ends. One that ends with $ waits until the line has ended.</param>
    /// <param name="limit">How long; <see cref="QemuMachine.Limit"/> when null.</param>
    public Match WaitFor(string pattern, TimeSpan? limit = null)
    {
        lock (_gate)
        {
            Match match = Wait($"/{pattern}/ on the serial line", () => FindNew(pattern), limit);
            _cursor += match.Index + match.Length;
            return match;
        }
    }

    /// <summary>Waits until text that was not yet waited for matches, and leaves it to the next wait.</summary>
    /// <param name="pattern">As of <see cref="WaitFor"/>.</param>
    /// <param name="limit">How long; <see cref="QemuMachine.Limit"/> when null.</param>
    public Match WaitForFirst(string pattern, TimeSpan? limit = null) => Wait($"/{pattern}/ on the serial line", () => FindNew(pattern), limit);

    /// <summary>Waits until the terminal shows text that matches.</summary>
    /// <param name="pattern">A regular expression over the lines of the screen; ^ and $ match at line ends.</param>
    /// <param name="limit">How long; <see cref="QemuMachine.Limit"/> when null.</param>
    public Match WaitForScreen(string pattern, TimeSpan? limit = null) =>
        Wait($"/{pattern}/ on the terminal's screen", () => Regex.Match(_terminal.Screen, pattern, RegexOptions.Multiline), limit);

    /// <summary>Waits until nothing has come for two seconds: the machine has stopped.</summary>
    public void WaitForQuiet()
    {
        lock (_gate)
        {
            while (!_closed && Monitor.Wait(_gate, TimeSpan.FromSeconds(2)))
            {
            }
        }
    }

    /// <summary>Lets the next wait begin with what comes from now on.</summary>
    public void SkipToEnd() => Locked(() => _cursor = _terminal.Plain.Length);

    /// <summary>Types on the line.</summary>
    public void Type(string text)
    {
        _input.Write(Encoding.UTF8.GetBytes(text));
        _input.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _reader.Join(TimeSpan.FromSeconds(5));
    }

    private Match FindNew(string pattern)
    {
        string text = _terminal.Plain.ToString(_cursor, _terminal.Plain.Length - _cursor);
        if (pattern.EndsWith('$') && !_closed)
        {
            // The end of a line, not of what has come of it so far.
            text = text[..(text.LastIndexOf('\n') + 1)];
        }

        return Regex.Match(text, pattern, RegexOptions.Multiline);
    }

    private Match Wait(string what, Func<Match> find, TimeSpan? limit)
    {
        TimeSpan allowed = limit ?? QemuMachine.Limit;
        var watch = Stopwatch.StartNew();
        lock (_gate)
        {
            while (true)
            {
                Match match = find();
                if (match.Success)
                {
                    return match;
                }

                if (!ExpectsPanic && FindNew($"^.*{Panic}.*$") is { Success: true } panic)
                {
                    throw new MachineFailedException($"waited for {what}, but HyperCore failed: {panic.Value}", Tail());
                }

                if (_closed)
                {
                    throw new MachineFailedException($"waited for {what}, but the emulator ended: {_whyEnded() ?? "no reason known"}", Tail());
                }

                TimeSpan left = allowed - watch.Elapsed;
                if (left <= TimeSpan.Zero)
                {
                    throw new MachineTimeoutException($"{what} did not come within {allowed.TotalSeconds:0} s", Tail());
                }

                Monitor.Wait(_gate, left);
            }
        }
    }

    private string Tail()
    {
        string[] lines = _terminal.Plain.ToString().Split('\n');
        return string.Join('\n', lines.Where(line => line.Trim().Length > 0).TakeLast(LinesInMessages));
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        char[] text = new char[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        try
        {
            for (int length = _output.Read(buffer); length > 0; length = _output.Read(buffer))
            {
                int characters = decoder.GetChars(buffer, 0, length, text, 0);
                lock (_gate)
                {
                    _raw.Write(buffer, 0, length);
                    _terminal.Write(text.AsSpan(0, characters));
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The emulator or the test has closed the line.
        }

        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private T Locked<T>(Func<T> function)
    {
        lock (_gate)
        {
            return function();
        }
    }
}
