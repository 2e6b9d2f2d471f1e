using System.Collections.Generic;
using System.Text;
using CsCheck;
using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class SerialKeyDecoderTests
{
    [Theory]
    [InlineData("\e[A", MenuKey.Up)]
    [InlineData("\e[B", MenuKey.Down)]
    [InlineData("\eOA", MenuKey.Up)]
    [InlineData("\eOD", MenuKey.Left)]
    [InlineData("\e[1;5B", MenuKey.Down)]
    [InlineData("\e[15~", MenuKey.Refresh)]
    [InlineData("\e[[E", MenuKey.Refresh)]
    [InlineData("\x0C", MenuKey.Refresh)]
    [InlineData("\e[5~", MenuKey.PageUp)]
    [InlineData("\e[6~", MenuKey.PageDown)]
    [InlineData("\e[H", MenuKey.Home)]
    [InlineData("\e[4~", MenuKey.End)]
    [InlineData("\t", MenuKey.Tab)]
    [InlineData("\e[Z", MenuKey.Tab)]
    [InlineData("\r", MenuKey.Enter)]
    [InlineData("\n", MenuKey.Enter)]
    [InlineData("\r\n", MenuKey.Enter)]
    [InlineData("7", MenuKey.Digit1 + 6)]
    [InlineData("s", MenuKey.S)]
    [InlineData("S", MenuKey.S)]
    [InlineData("x", MenuKey.Other)]
    [InlineData("\ex", MenuKey.Other)]
    [InlineData("\e[99999999999~", MenuKey.Other)]
    public void SerialKeyDecoder_OneKey_IsFound(string bytes, MenuKey key) => Assert.Equal([key], Decode(bytes));

    [Fact]
    public void SerialKeyDecoder_TwoReturns_AreTwoEnters() => Assert.Equal([MenuKey.Enter, MenuKey.Enter], Decode("\r\r\n"));

    [Fact]
    public void SerialKeyDecoder_EscapeThenSequence_AreBothFound() => Assert.Equal([MenuKey.Escape, MenuKey.Up], Decode("\e\e[A"));

    [Fact]
    public void SerialKeyDecoder_ControlCharacterInSequence_EndsIt() => Assert.Equal([MenuKey.Enter], Decode("\e[1\r"));

    [Fact]
    public void SerialKeyDecoder_LoneEscape_CountsWhenItsTimeIsOver()
    {
        var decoder = new SerialKeyDecoder();
        Assert.Equal(MenuKey.None, decoder.Feed(0x1B, 1000));
        Assert.True(decoder.IsPending);
        Assert.Equal(MenuKey.None, decoder.Poll(1000 + SerialKeyDecoder.EscapeTimeout - 1));
        Assert.Equal(MenuKey.Escape, decoder.Poll(1000 + SerialKeyDecoder.EscapeTimeout));
        Assert.False(decoder.IsPending);
        Assert.Equal(MenuKey.S, decoder.Feed((byte)'s', 2000));
    }

    [Fact]
    public void SerialKeyDecoder_AnyBytes_AreReadableAgainAfterAPause() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        var decoder = new SerialKeyDecoder();
        foreach (byte b in bytes)
        {
            decoder.Feed(b, 0);
        }

        decoder.Poll(SerialKeyDecoder.EscapeTimeout);
        Assert.False(decoder.IsPending);
        Assert.Equal(MenuKey.Q, decoder.Feed((byte)'q', 0));
    });

    private static List<MenuKey> Decode(string text)
    {
        var decoder = new SerialKeyDecoder();
        var keys = new List<MenuKey>();
        foreach (byte b in Encoding.ASCII.GetBytes(text))
        {
            MenuKey key = decoder.Feed(b, 0);
            if (key != MenuKey.None)
            {
                keys.Add(key);
            }
        }

        Assert.False(decoder.IsPending);
        return keys;
    }
}
