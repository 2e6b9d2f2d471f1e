using System;
using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Console;
using Xunit;

namespace HyperCore.Tests.Console;

public sealed class KeyboardTests
{
    private static readonly Hotkey s_menu = new(KeyModifiers.Ctrl | KeyModifiers.Alt, ScanCode.Home);
    private static readonly Hotkey s_next = new(KeyModifiers.Ctrl | KeyModifiers.Alt, ScanCode.PageDown);

    [Fact]
    public void KeyboardState_LeftAndRightModifiers_AreFollowedApart()
    {
        var keyboard = new KeyboardState();
        Feed(keyboard, 0x1D, 0xE0, 0x1D, 0x9D);
        Assert.Equal(KeyModifiers.Ctrl, keyboard.Modifiers);
        Feed(keyboard, 0xE0, 0x9D, 0xE0, 0x38, 0x36, 0xE0, 0x5B);
        Assert.Equal(KeyModifiers.Alt | KeyModifiers.Shift | KeyModifiers.Meta, keyboard.Modifiers);
        keyboard.Reset();
        Assert.Equal(KeyModifiers.None, keyboard.Modifiers);
    }

    [Fact]
    public void KeyboardState_MadeUpShifts_AreNoEvents()
    {
        // PrintScreen: E0 2A E0 37, and its release.
        var keyboard = new KeyboardState();
        List<KeyEvent> events = Feed(keyboard, 0xE0, 0x2A, 0xE0, 0x37, 0xE0, 0xB7, 0xE0, 0xAA);
        Assert.Equal(2, events.Count);
        Assert.Equal(0x137, events[0].Code);
        Assert.True(events[0].Pressed);
        Assert.False(events[1].Pressed);
        Assert.Equal(KeyModifiers.None, keyboard.Modifiers);
    }

    [Fact]
    public void KeyboardState_Pause_IsOneEvent()
    {
        var keyboard = new KeyboardState();
        List<KeyEvent> events = Feed(keyboard, 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, 0x1E);
        Assert.Equal([ScanCode.Pause, 0x1E], events.ConvertAll(e => e.Code));
        Assert.Equal(KeyModifiers.None, keyboard.Modifiers);
    }

    [Fact]
    public void KeyEvent_EncodedAndFed_IsItself() => Gen.Select(Gen.Int[1, 0x7F], Gen.Bool, Gen.Bool).Sample((code, extended, pressed) =>
    {
        // Not the shifts a keyboard makes up, and not what would be FF (its buffer was full) or a prefix when released.
        if ((extended && code is 0x2A or 0x36) || code is 0x60 or 0x61 or 0x7F)
        {
            return;
        }

        var before = new KeyEvent((ushort)(code | (extended ? Hotkey.Extended : 0)), pressed, KeyModifiers.None);
        byte[] bytes = new byte[KeyEvent.MaxBytes];
        int length = before.Encode(bytes);
        KeyEvent after = Assert.Single(Feed(new KeyboardState(), bytes.AsSpan(0, length).ToArray()));
        Assert.Equal(before.Code, after.Code);
        Assert.Equal(before.Pressed, after.Pressed);
    });

    [Fact]
    public void HotkeyMatcher_Hotkey_IsSwallowedWithItsRepeatsAndRelease()
    {
        // Ctrl, Alt, Home, Home again, Home up, Home alone.
        Assert.Equal(
            [HotkeyResult.Pass, HotkeyResult.Pass, HotkeyResult.Menu, HotkeyResult.Swallow, HotkeyResult.Swallow, HotkeyResult.Pass, HotkeyResult.Pass, HotkeyResult.Pass],
            Judge(0x1D, 0x38, 0xE0, 0x47, 0xE0, 0x47, 0xE0, 0xC7, 0x9D, 0xB8, 0xE0, 0x47));
    }

    [Fact]
    public void HotkeyMatcher_ReleasedAfterItsModifiers_IsStillSwallowed() =>
        Assert.Equal(
            [HotkeyResult.Pass, HotkeyResult.Pass, HotkeyResult.Next, HotkeyResult.Pass, HotkeyResult.Pass, HotkeyResult.Swallow],
            Judge(0x1D, 0x38, 0xE0, 0x51, 0x9D, 0xB8, 0xE0, 0xD1));

    [Fact]
    public void HotkeyMatcher_OtherModifiersOrKeypad_DoNotMatch()
    {
        // With Shift too; and the keypad's Home, which has no E0.
        Assert.DoesNotContain(HotkeyResult.Menu, Judge(0x1D, 0x38, 0x2A, 0xE0, 0x47));
        Assert.DoesNotContain(HotkeyResult.Menu, Judge(0x1D, 0x38, 0x47));
        Assert.DoesNotContain(HotkeyResult.Menu, Judge(0x1D, 0xE0, 0x47));
    }

    [Fact]
    public void HotkeyMatcher_Unset_NeverMatches() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        var matcher = new HotkeyMatcher(default, default);
        foreach (KeyEvent keyEvent in Feed(new KeyboardState(), bytes))
        {
            Assert.Equal(HotkeyResult.Pass, matcher.Judge(keyEvent));
        }
    });

    [Fact]
    public void PressedKeys_KeyboardTakenAway_EveryKeyIsReleasedOnce() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        // What the guest believes is down is what it was told.
        var keys = new PressedKeys();
        var down = new HashSet<ushort>();
        foreach (KeyEvent keyEvent in Feed(new KeyboardState(), bytes))
        {
            if (keys.Accept(keyEvent) && keyEvent.Code != ScanCode.Pause)
            {
                Assert.True(keyEvent.Pressed ? down.Add(keyEvent.Code) || true : down.Remove(keyEvent.Code));
            }
        }

        while (keys.TryRelease(out KeyEvent release))
        {
            Assert.False(release.Pressed);
            Assert.True(down.Remove(release.Code));
        }

        Assert.Empty(down);
    });

    [Theory]
    [InlineData(ScanCode.Up, MenuKey.Up)]
    [InlineData(ScanCode.Keypad2, MenuKey.Down)]
    [InlineData(ScanCode.Digit1 + 4, MenuKey.Digit1 + 4)]
    [InlineData(ScanCode.Digit0, MenuKey.Digit0)]
    [InlineData(ScanCode.KeypadEnter, MenuKey.Enter)]
    [InlineData(ScanCode.F5, MenuKey.Refresh)]
    [InlineData(ScanCode.Q, MenuKey.Q)]
    [InlineData(ScanCode.LeftShift, MenuKey.None)]
    [InlineData(0x20, MenuKey.Other)]
    public void KeyboardMenuKeys_Key_IsTheMenusKey(int code, MenuKey key)
    {
        Assert.Equal(key, KeyboardMenuKeys.From(new KeyEvent((ushort)code, true, KeyModifiers.None)));
        Assert.Equal(MenuKey.None, KeyboardMenuKeys.From(new KeyEvent((ushort)code, false, KeyModifiers.None)));
        Assert.Equal(MenuKey.None, KeyboardMenuKeys.From(new KeyEvent((ushort)code, true, KeyModifiers.Ctrl)));
    }

    private static List<HotkeyResult> Judge(params byte[] bytes)
    {
        var matcher = new HotkeyMatcher(s_menu, s_next);
        return Feed(new KeyboardState(), bytes).ConvertAll(e => matcher.Judge(e));
    }

    private static List<KeyEvent> Feed(KeyboardState keyboard, params byte[] bytes)
    {
        var events = new List<KeyEvent>();
        foreach (byte b in bytes)
        {
            if (keyboard.Feed(b, out KeyEvent keyEvent))
            {
                events.Add(keyEvent);
            }
        }

        return events;
    }
}
