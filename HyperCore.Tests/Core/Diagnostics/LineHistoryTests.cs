using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using HyperCore.Core.Diagnostics;
using Xunit;

namespace HyperCore.Tests.Core.Diagnostics;

public sealed class LineHistoryTests
{
    [Fact]
    public void LineHistory_MoreThanFits_KeepsTheLastAndCounts()
    {
        var history = new LineHistory(4, 1024);
        for (int i = 0; i < 10; i++)
        {
            history.Add($"line {i}", (byte)i);
        }

        Assert.Equal(4, history.Count);
        Assert.Equal(6UL, history.Forgotten);
        Assert.Equal(10UL, history.Total);
        Assert.Equal("line 6", history.GetLine(0, out byte tag).ToString());
        Assert.Equal(6, tag);
        Assert.Equal("", history.GetLine(4, out _).ToString());
        Assert.Equal("", history.GetLine(-1, out _).ToString());
    }

    [Fact]
    public void LineHistory_LineThatHasNotEnded_GoesOn()
    {
        var history = new LineHistory(4, 1024);
        history.Add("login: ", isEnded: false);
        history.Add("root", isEnded: false);
        Assert.Equal("login: root", history.GetLine(0, out _).ToString());
        history.Add("");
        history.Add("next");
        Assert.Equal("next", history.GetLine(1, out _).ToString());
    }

    [Theory]
    [InlineData("grün, 3 €, 漢字")]
    [InlineData("plain")]
    public void LineHistory_Utf8_AsCharactersAndAsBytes(string text)
    {
        var history = new LineHistory(4, 1024);
        history.Add(text);
        history.Add(string.Concat(Encoding.UTF8.GetBytes(text).Select(b => (char)b)), isBytes: true);
        Assert.Equal(text, history.GetLine(0, out _).ToString());
        Assert.Equal(text, history.GetLine(1, out _).ToString());
    }

    [Fact]
    public void LineHistory_BrokenUtf8_IsTakenByteByByte()
    {
        var history = new LineHistory(4, 1024);
        history.Add("a\u00E2\u0082b\u00FF\u0001", isBytes: true);
        Assert.Equal("a\u00E2\u0082b\u00FF ", history.GetLine(0, out _).ToString());
    }

    [Fact]
    public void LineHistory_AnyLines_AreTheLastOnes() =>
        Gen.String[Gen.Char[' ', '~'], 0, 700].List[0, 60].Sample(lines =>
        {
            var history = new LineHistory(16, 1024);
            var expected = new List<string>();
            foreach (string line in lines)
            {
                history.Add(line);
                expected.Add(line.Substring(0, Math.Min(line.Length, LineHistory.MaxLine)));
            }

            Assert.Equal((ulong)lines.Count, history.Total);
            Assert.InRange(history.Count, Math.Min(lines.Count, 1), 16);
            for (int i = 0; i < history.Count; i++)
            {
                Assert.Equal(expected[(int)history.Forgotten + i], history.GetLine(i, out _).ToString());
            }
        });
}
