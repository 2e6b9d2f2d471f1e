using System;
using System.Collections.Generic;
using System.Text;
using CsCheck;
using HyperCore.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed class GuestConsoleTests
{
    private readonly GuestConsole _console = new();

    [Fact]
    public void TryTakeLine_WholeLines_ComeOneByOne()
    {
        Write("first\r\nsecond\n\nlast");

        Assert.Equal(["first", "second", ""], Lines());
        Assert.True(_console.HasPartialLine);
        Assert.Equal("last", _console.TakePartialLine().ToString());
    }

    [Fact]
    public void Write_LineEnd_MakesTheMainLoopLook()
    {
        Write("no line end yet");
        Assert.False(_console.TakeAttention());
        Write("\n");
        Assert.True(_console.TakeAttention());
        Assert.False(_console.TakeAttention());
    }

    [Fact]
    public void TryTakeLine_NothingWritten_GivesNothing()
    {
        Assert.Empty(Lines());
        Assert.False(_console.HasInput);
        Assert.False(_console.HasPartialLine);
    }

    [Fact]
    public void TakePartialLine_Taken_IsNotGivenAgain()
    {
        Write("login: ");
        Assert.Empty(Lines());
        Assert.Equal("login: ", _console.TakePartialLine().ToString());

        Assert.False(_console.HasPartialLine);
        Write("root\n");
        Assert.Equal(["root"], Lines());
    }

    [Theory]
    [InlineData("\e[31;1mred\e[0m", "red")]
    [InlineData("\e[2J\e[1;1Hhome", "home")]
    [InlineData("\e[?25lcursor", "cursor")]
    [InlineData("\e(Bset", "set")]
    [InlineData("\e(0line", "line")]
    [InlineData("\e#8align", "align")]
    [InlineData("\e[1\e[2Jtwice", "twice")]
    [InlineData("\e7saved\e8", "saved")]
    [InlineData("\ecreset", "reset")]
    [InlineData("\e]0;a title\apath", "path")]
    [InlineData("\e]2;a title\e\\path", "path")]
    [InlineData("\eP1$r0m\e\\device", "device")]
    [InlineData("bell\a", "bell")]
    [InlineData("one\ttab", "one tab")]
    [InlineData("typo\b\bpe", "type")]
    [InlineData("\b\b\bstart", "start")]
    [InlineData("del\u007F", "del")]
    public void TryTakeLine_ControlSequences_AreTakenOut(string written, string expected)
    {
        Write(written + "\n");
        Assert.Equal([expected], Lines());
    }

    [Fact]
    public void TryTakeLine_SequenceThatNeverEnds_EndsWithItsLine()
    {
        Write("\e[12\nnext\n\e]0;title\nafter\n");
        Assert.Equal(["", "next", "", "after"], Lines());
    }

    [Fact]
    public void TryTakeLine_AnyBytes_NeverGiveAControlCharacterOfASCII()
    {
        // One after another: they share the console.
        Gen.Byte.Array[0, 600].Sample(
            bytes =>
            {
                _console.Reset();
                foreach (byte value in bytes)
                {
                    _console.Write(value);
                }

                foreach (string line in Lines())
                {
                    Assert.True(line.Length <= GuestConsole.MaxLine);
                    Assert.DoesNotContain(line, c => c is < ' ' or '\u007F');
                }
            },
            threads: 1);
    }

    [Fact]
    public void TryTakeLine_LongLine_IsCut()
    {
        Write(new string('a', GuestConsole.MaxLine + 10) + "\n");
        Assert.Equal([new string('a', GuestConsole.MaxLine), new string('a', 10)], Lines());
    }

    [Fact]
    public void TryTakeLine_LineOfExactlyTheLongestLength_IsOneLine()
    {
        Write(new string('a', GuestConsole.MaxLine) + "\r\nb\n");
        Assert.Equal([new string('a', GuestConsole.MaxLine), "b"], Lines());
    }

    [Fact]
    public void Write_MoreThanFits_KeepsWhatFittedAndSaysThatOutputWasLost()
    {
        for (int i = 0; i < 2000; i++)
        {
            Write($"line {i}\n");
        }

        List<string> lines = Lines();
        Assert.Equal("line 0", lines[0]);
        Assert.Equal("[output was lost: the guest wrote faster than the serial line carries]", lines[^1]);

        // What fitted is all there, the piece of the last line included.
        string kept = string.Join("\n", lines.GetRange(0, lines.Count - 1));
        Assert.Equal(8192, kept.Length);

        Write("later\n");
        Assert.Equal(["later"], Lines());
    }

    [Fact]
    public void Write_HalfFull_MakesTheMainLoopLook()
    {
        Write(new string('x', 4097));
        Assert.True(_console.TakeAttention());
    }

    [Fact]
    public void Reset_ForgetsEverything()
    {
        Write("half a line \e[");
        Lines();
        Write("more");
        _console.Reset();

        Assert.False(_console.HasInput);
        Assert.False(_console.HasPartialLine);
        Write("new\n");
        Assert.Equal(["new"], Lines());
    }

    private void Write(string text)
    {
        foreach (byte value in Encoding.Latin1.GetBytes(text))
        {
            _console.Write(value);
        }
    }

    private List<string> Lines()
    {
        var lines = new List<string>();
        while (_console.TryTakeLine(out ReadOnlySpan<char> line))
        {
            lines.Add(line.ToString());
        }

        return lines;
    }
}
