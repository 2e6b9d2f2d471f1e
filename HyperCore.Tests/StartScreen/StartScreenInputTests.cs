using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using HyperCore.StartScreen.Input;
using Xunit;

namespace HyperCore.Tests.StartScreen;

public class StartScreenInputTests
{
    [Theory]
    [InlineData("\e[A", "Up")]
    [InlineData("\e[B", "Down")]
    [InlineData("\e[C\e[D", "Right Left")]
    [InlineData("\e[1~\e[4~", "Home End")]
    [InlineData("\e[5~\e[6~\e[3~", "PageUp PageDown Delete")]
    [InlineData("\eOA", "Up")]
    [InlineData("\r", "Enter")]
    [InlineData("\t\u007f", "Tab Backspace")]
    [InlineData("\e", "Escape")]
    [InlineData("\e\e", "Escape Escape")]
    [InlineData("\e[[A", "")]
    [InlineData("\e[24~", "")]
    [InlineData("\ex", "")]
    public void Keys_Sequences_AreNamed(string bytes, string keys) => Assert.Equal(keys, string.Join(' ', Feed(Encoding.UTF8.GetBytes(bytes)).Select(press => press.Key)));

    [Fact]
    public void Keys_Utf8_IsTyped() => Assert.Equal("aé€", string.Concat(Feed("aé€"u8.ToArray()).Select(press => press.Character)));

    [Fact]
    public void Keys_CharacterInTwoReads_IsTyped()
    {
        var keys = new TerminalKeys();
        var presses = new List<KeyPress>();
        keys.Feed([0xC3], presses);
        keys.Feed([0xA9], presses);

        Assert.Equal([new KeyPress(Key.Character, 'é')], presses);
    }

    [Fact]
    public void Keys_AnyBytes_NeverTypeControlCharacters() => Gen.Byte.Array[0, 40].Sample(bytes =>
        Assert.All(Feed(bytes), press => Assert.True(press.Key != Key.None && !(press.Key == Key.Character && char.IsControl(press.Character)))));

    [Fact]
    public void Pointer_Packets_MoveAndClick()
    {
        var pointer = new PointerPackets(640, 480);
        Assert.False(pointer.IsUsed);
        Assert.False(Feed(pointer, 0x08, 10, 20));

        Assert.Equal((330, 220), (pointer.X, pointer.Y));
        Assert.True(pointer.IsUsed);
        Assert.True(Feed(pointer, 0x09, 0, 0));
        Assert.False(Feed(pointer, 0x09, 0, 0));
        Assert.False(Feed(pointer, 0x08, 0, 0));
        Assert.True(Feed(pointer, 0x09, 0, 0));
    }

    [Fact]
    public void Pointer_Negative_GoesLeftAndDown_AndStaysOnTheScreen()
    {
        var pointer = new PointerPackets(640, 480);
        Feed(pointer, 0x38, 0xF6, 0xEC);
        Assert.Equal((310, 260), (pointer.X, pointer.Y));

        for (int i = 0; i < 10; i++)
        {
            Feed(pointer, 0x38, 0x80, 0x80);
        }

        Assert.Equal((0, 479), (pointer.X, pointer.Y));
    }

    [Fact]
    public void Pointer_OutOfStep_FindsTheNextPacket()
    {
        var pointer = new PointerPackets(640, 480);
        pointer.Feed(0x03);
        Feed(pointer, 0x08, 1, 0);

        Assert.Equal((321, 240), (pointer.X, pointer.Y));
    }

    private static bool Feed(PointerPackets pointer, params byte[] packet)
    {
        bool clicked = false;
        foreach (byte value in packet)
        {
            clicked |= pointer.Feed(value);
        }

        return clicked;
    }

    private static List<KeyPress> Feed(byte[] bytes)
    {
        var presses = new List<KeyPress>();
        new TerminalKeys().Feed(bytes, presses);
        return presses;
    }
}
