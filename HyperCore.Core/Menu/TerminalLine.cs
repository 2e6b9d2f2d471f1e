using System;
using HyperCore.Core.Console;

namespace HyperCore.Core.Menu;

/// <summary>Writes lines of plain text to a byte sink, without memory of its own but the stack; what is not ASCII becomes its nearest ASCII.</summary>
internal readonly ref struct TerminalLine
{
    private readonly ByteSink _sink;

    public TerminalLine(ByteSink sink) => _sink = sink;

    public void Write(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[64];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (length == bytes.Length)
            {
                _sink.Write(bytes);
                length = 0;
            }

            bytes[length++] = text[i] < ' ' ? (byte)' ' : (byte)AsciiFallback.For(text[i]);
        }

        _sink.Write(bytes.Slice(0, length));
    }

    public void End(ReadOnlySpan<char> text)
    {
        Write(text);
        _sink.Write("\r\n"u8);
    }
}
