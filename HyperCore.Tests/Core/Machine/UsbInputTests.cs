using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Usb;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>Keys and movements of USB devices take the way of those of PS/2.</summary>
public sealed class UsbInputTests : IDisposable
{
    private readonly TestMachine _machine = new(TestMachine.TwoVms);

    public UsbInputTests()
    {
        _machine.Supervisor.Start();
        _machine.Open(0);
        _machine.ReadKeyboard(0);
    }

    private HidSink Usb => _machine.Host.UsbHost.Sink!;

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Keys_GoToTheForegroundVmOnly()
    {
        Usb.Key(1, 0x1E, true);
        Usb.Key(1, 0x1E, false);
        Usb.Key(2, 0x148, true);
        Usb.Key(2, 0x148, false);

        Assert.Equal("1E9EE048E0C8", _machine.ReadKeyboard(0));
        Assert.Equal("", _machine.ReadKeyboard(1));
    }

    [Fact]
    public void Keys_ChooseInTheMenu()
    {
        _machine.Hotkey();
        Usb.Key(1, 0x03, true);
        Usb.Key(1, 0x03, false);
        Usb.Key(1, 0x1C, true);
        Assert.Equal("b", _machine.Foreground);
    }

    [Fact]
    public void Hotkey_NeverReachesTheGuest_WhichSeesItsKeysReleased()
    {
        Usb.Key(1, 0x1D, true);
        Usb.Key(1, 0x38, true);
        Assert.Equal("1D38", _machine.ReadKeyboard(0));
        Usb.Key(1, 0x147, true);

        Assert.Equal("menu", _machine.Foreground);
        string released = _machine.ReadKeyboard(0);
        Assert.Equal(4, released.Length);
        Assert.Contains("9D", released, StringComparison.Ordinal);
        Assert.Contains("B8", released, StringComparison.Ordinal);
    }

    [Fact]
    public void Hotkey_OverTwoKeyboards_IsOne()
    {
        Usb.Key(1, 0x1D, true);
        Usb.Key(2, 0x38, true);
        _machine.Type(0xE0, 0x47);
        Assert.Equal("menu", _machine.Foreground);
    }

    [Fact]
    public void Key_HeldOnTwoKeyboards_IsReleasedOnce()
    {
        Usb.Key(1, 0x1E, true);
        _machine.Type(0x1E);
        Usb.Key(1, 0x1E, false);
        Assert.Equal("1E1E", _machine.ReadKeyboard(0));
        _machine.Type(0x9E);
        Assert.Equal("9E", _machine.ReadKeyboard(0));
    }

    [Fact]
    public void Key_Held_RepeatsAsTheGuestHasSetIt()
    {
        // Command F3h: 250 ms, then 30 a second.
        _machine.Vms[0].Platform.Keyboard.WritePort(0x60, 1, 0xF3);
        _machine.Vms[0].Platform.Keyboard.WritePort(0x60, 1, 0x00);
        Assert.Equal("FA", _machine.ReadKeyboard(0)[..2]);
        Assert.Equal(0, _machine.Vms[0].Platform.Keyboard.Keyboard.TypematicSetting);

        ulong start = _machine.Host.FakeClock.Now;
        Usb.Key(1, 0x1E, true);
        string keys = "";
        while (_machine.Host.FakeClock.Now < start + 360_000_000)
        {
            _machine.Run();
            keys += _machine.ReadKeyboard(0);
        }

        Assert.Equal("1E1E1E1E1E", keys);
        Usb.Key(1, 0x1E, false);
        Assert.Equal("9E", _machine.ReadKeyboard(0));
    }

    [Fact]
    public void Key_HeldOverASwitch_DoesNotRepeatForTheOther()
    {
        Usb.Key(1, 0x1E, true);
        _machine.Type(0x1D, 0x38, 0xE0, 0x51);
        Assert.Equal("b", _machine.Foreground);
        _machine.ReadKeyboard(1);

        for (int i = 0; i < 1000; i++)
        {
            _machine.Run();
            Assert.Equal("", _machine.ReadKeyboard(1));
        }

        // The second has seen no press, so it sees no release.
        Usb.Key(1, 0x1E, false);
        Assert.Equal("", _machine.ReadKeyboard(1));
    }

    [Fact]
    public void Leds_FollowTheForegroundVm()
    {
        _machine.Vms[0].Platform.Keyboard.WritePort(0x60, 1, 0xED);
        _machine.Vms[0].Platform.Keyboard.WritePort(0x60, 1, 0x04);
        Wait();
        Assert.Equal([4], _machine.Host.Leds);
        Assert.Equal(4, _machine.Host.UsbHost.Leds);

        _machine.Hotkey();
        Assert.Equal([4, 0], _machine.Host.Leds);
        _machine.Open(0);
        Wait();
        Assert.Equal([4, 0, 4], _machine.Host.Leds);
    }

    [Fact]
    public void Mouse_MovesTheForegroundVmsMouse_WithItsWheel()
    {
        EnableMouse(0, wheel: true);
        EnableMouse(1, wheel: false);

        Usb.Mouse(1, 5, -3, 1, Ps2Mouse.Left);
        Assert.Equal("2905FD01", _machine.ReadKeyboard(0));
        Assert.Equal("", _machine.ReadKeyboard(1));
    }

    [Fact]
    public void Mice_HoldTheirButtonsTogether()
    {
        EnableMouse(0, wheel: false);
        Usb.Mouse(1, 0, 0, 0, Ps2Mouse.Left);
        Usb.Mouse(2, 0, 0, 0, Ps2Mouse.Right);
        Assert.Equal("0900000B0000", _machine.ReadKeyboard(0));

        MovePs2(0x08, 1, 0);
        Assert.Equal("0B0100", _machine.ReadKeyboard(0));
        Usb.Mouse(1, 0, 0, 0, 0);
        Assert.Equal("0A0000", _machine.ReadKeyboard(0));
    }

    [Fact]
    public void Mouse_ButtonHeldOverASwitch_IsReleased()
    {
        EnableMouse(0, wheel: false);
        Usb.Mouse(1, 0, 0, 0, Ps2Mouse.Left);
        Assert.Equal("090000", _machine.ReadKeyboard(0));
        _machine.Hotkey();
        Assert.Contains("080000", _machine.ReadKeyboard(0), StringComparison.Ordinal);
    }

    private void Wait()
    {
        for (int i = 0; i < 120; i++)
        {
            _machine.Run();
        }
    }

    private void EnableMouse(int vm, bool wheel)
    {
        I8042 controller = _machine.Vms[vm].Platform.Keyboard;
        controller.WritePort(0x64, 1, 0xA8);
        byte[] commands = wheel ? [0xF3, 200, 0xF3, 100, 0xF3, 80, 0xF4] : [0xF4];
        foreach (byte command in commands)
        {
            controller.WritePort(0x64, 1, 0xD4);
            controller.WritePort(0x60, 1, command);
            Assert.Equal("FA", _machine.ReadKeyboard(vm));
        }
    }

    private void MovePs2(params byte[] packet)
    {
        foreach (byte value in packet)
        {
            _machine.Host.Input.Enqueue((value, true));
        }

        _machine.Run();
    }
}
