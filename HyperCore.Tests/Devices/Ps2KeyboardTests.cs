using System.Collections.Generic;
using System.Linq;
using HyperCore.Core.Devices;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class Ps2KeyboardTests
{
    private readonly I8042 _controller = new(new FakeLine(), new FakeLine(), new FakePower());

    private Ps2Keyboard Keyboard => _controller.Keyboard;

    // atkbd_probe and atkbd_activate of Linux, translated: AB 83 reads as AB 41.
    [Fact]
    public void Ps2Keyboard_LinuxProbe_IsATranslatedSet2Keyboard()
    {
        Assert.Equal([0xFA, 0xAA], Send(0xFF));
        Assert.Equal([0xFA, 0xAB, 0x41], Send(0xF2));
        Assert.Equal([0xFA], Send(0xED));
        Assert.Equal([0xFA], Send(0x02));
        Assert.Equal(2, Keyboard.Leds);
        Assert.Equal([0xFA], Send(0xF3));
        Assert.Equal([0xFA], Send(0x00));
        Assert.Equal([0xFA], Send(0xF4));
    }

    [Fact]
    public void Ps2Keyboard_UnknownCommand_AsksToResend()
    {
        Assert.Equal([0xFE], Send(0xE3));
        Assert.Equal([0xEE], Send(0xEE));
    }

    [Fact]
    public void Ps2Keyboard_Disabled_DropsKeys()
    {
        Assert.Equal([0xFA], Send(0xF5));
        Keyboard.Key(0x1E, true);
        Assert.Empty(Drain());
        Assert.Equal([0xFA], Send(0xF4));
        Keyboard.Key(0x1E, false);
        Assert.Empty(Drain());
    }

    [Fact]
    public void Ps2Keyboard_Pause_IsOneLongMake()
    {
        Keyboard.Key(KeyCode.Pause, true);
        Keyboard.Key(KeyCode.Pause, false);
        Assert.Equal([0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5], Drain());
    }

    [Fact]
    public void Ps2Keyboard_ControlPause_IsBreak()
    {
        Keyboard.Key(KeyCode.LeftControl, true);
        Keyboard.Key(KeyCode.Pause, true);
        Assert.Equal([0x1D, 0xE0, 0x46, 0xE0, 0xC6], Drain());
    }

    [Fact]
    public void Ps2Keyboard_PrintScreen_ComesWithFakeShift()
    {
        Keyboard.Key(KeyCode.PrintScreen, true);
        Keyboard.Key(KeyCode.PrintScreen, false);
        Assert.Equal([0xE0, 0x2A, 0xE0, 0x37, 0xE0, 0xB7, 0xE0, 0xAA], Drain());
    }

    [Fact]
    public void Ps2Keyboard_AltPrintScreen_IsSysRq()
    {
        Keyboard.Key(KeyCode.LeftAlt, true);
        Keyboard.Key(KeyCode.PrintScreen, true);
        Keyboard.Key(KeyCode.PrintScreen, false);
        Assert.Equal([0x38, 0x54, 0xD4], Drain());
    }

    [Fact]
    public void Ps2Keyboard_ScanCodeSet3_HasOneCodeAKey()
    {
        Untranslated();
        Assert.Equal([0xFA], Send(0xF0));
        Assert.Equal([0xFA], Send(0x03));
        Assert.Equal([0xFA], Send(0xF0));
        Assert.Equal([0xFA, 0x03], Send(0x00));
        Assert.Equal([0xFA], Send(0xF8));
        Keyboard.Key(0x01, true);
        Keyboard.Key(0xE048, true);
        Keyboard.Key(0xE048, false);
        Assert.Equal([0x08, 0x63, 0xF0, 0x63], Drain());
    }

    [Fact]
    public void Ps2Keyboard_ScanCodeSet1_NeedsNoTranslation()
    {
        Untranslated();
        Send(0xF0);
        Send(0x01);
        Keyboard.Key(0xE048, true);
        Keyboard.Key(0xE048, false);
        Assert.Equal([0xE0, 0x48, 0xE0, 0xC8], Drain());
    }

    [Fact]
    public void Ps2Keyboard_ReleaseAllKeys_BreaksWhatIsDown()
    {
        Keyboard.Key(KeyCode.LeftControl, true);
        Keyboard.Key(KeyCode.RightAlt, true);
        Keyboard.Key(0x1E, true);
        Keyboard.Key(0x1E, false);
        Drain();
        Keyboard.ReleaseAllKeys();
        Assert.Equal([0x9D, 0xE0, 0xB8], Drain());
        Keyboard.ReleaseAllKeys();
        Assert.Empty(Drain());
    }

    [Fact]
    public void Ps2Keyboard_GuestThatDoesNotRead_NoKeyStaysDown()
    {
        for (int i = 0; i < 5; i++)
        {
            for (ushort code = 1; code < 0x59; code++)
            {
                Keyboard.Key(code, true);
                Keyboard.Key((ushort)(KeyCode.Extended | code), true);
            }
        }

        Keyboard.ReleaseAllKeys();
        var down = new HashSet<int>();
        int prefix = 0;
        foreach (byte value in Drain())
        {
            if (value == 0xE0)
            {
                prefix = 0x100;
                continue;
            }

            if (value < 0x80)
            {
                down.Add(prefix | value);
            }
            else if (value != 0xFF)
            {
                Assert.True(down.Remove(prefix | (value & 0x7F)), $"break of {value:X2} without make");
            }

            prefix = 0;
        }

        Assert.Equal([], down.Select(code => code.ToString("X3")));
    }

    [Fact]
    public void Ps2Keyboard_Overrun_IsToldOnce()
    {
        Untranslated();
        for (int i = 0; i < 1000; i++)
        {
            Keyboard.Key(0x1E, true);
        }

        byte[] bytes = Drain();
        Assert.Equal(0x00, bytes[^1]);
        Assert.Single(bytes, (byte)0x00);
        Keyboard.Key(0x1E, false);
        Assert.Equal([0xF0, 0x1C], Drain());
    }

    [Fact]
    public void Ps2Keyboard_ResendCommand_RepeatsTheLastByte()
    {
        Send(0xF2);
        Assert.Equal([0x41], Send(0xFE));
    }

    private void Untranslated()
    {
        _controller.WritePort(0x64, 1, 0x60);
        _controller.WritePort(0x60, 1, 0x05);
    }

    private byte[] Send(byte value)
    {
        _controller.WritePort(0x60, 1, value);
        return Drain();
    }

    private byte[] Drain()
    {
        var bytes = new List<byte>();
        while ((_controller.ReadPort(0x64, 1) & 1) != 0)
        {
            bytes.Add((byte)_controller.ReadPort(0x60, 1));
        }

        return [.. bytes];
    }
}
