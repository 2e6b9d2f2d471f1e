using System;
using HyperCore.Core.Console;
using HyperCore.Core.Devices;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;
using HyperCore.Core.Usb;

namespace HyperCore.Core.Machine;

/// <summary>
/// Takes what was typed and moved to whom it belongs: hotkeys to HyperCore before anybody else, the rest to the foreground VM or the menu.
/// </summary>
public sealed class InputRouter
{
    // Ctrl+] on the serial line, as telnet and virtual consoles have it.
    private const byte SerialMenuKey = 0x1D;

    // A certificate or a few, pasted at once.
    private const int HeldCapacity = 16 << 10;

    // A guest sets the lights shortly after a key, and nothing tells of it: they are looked at so often while it has the keyboard.
    private const ulong LedPeriod = 50_000_000;

    private readonly HostServices _host;
    private readonly KvmSwitch _switch;
    private readonly MenuModel _menu;
    private readonly VirtualMachines _machines;
    private readonly HotkeyMatcher _hotkeys;
    private readonly KeyboardState _keyboard = new();
    private readonly KeyMerger _keys = new();
    private readonly Typematic _typematic = new();
    private readonly MousePackets _mouse;
    private readonly byte[] _usbButtons = new byte[UsbHost.MaxSources + 1];
    private readonly UsbHost? _usb;
    private readonly SerialKeyDecoder _serialKeys = new();
    private readonly byte[] _held = new byte[HeldCapacity];
    private VirtualMachine? _heldFor;
    private int _heldStart;
    private int _heldCount;
    private VirtualMachine? _typedFor;
    private bool _menuChanged;
    private int _leds;
    private ulong _ledsDue;

    /// <summary>Creates the router.</summary>
    public InputRouter(HostServices host, KvmSwitch kvm, MenuModel menu, VirtualMachines machines, Hotkey menuKey, Hotkey nextKey)
    {
        _host = host;
        _switch = kvm;
        _menu = menu;
        _machines = machines;
        _hotkeys = new HotkeyMatcher(menuKey, nextKey);
        _mouse = new MousePackets(host.MousePacketLength);
        _usb = host.Usb;
        if (_usb != null)
        {
            _usb.Sink = new UsbInput(this);
        }
    }

    /// <summary>When <see cref="Deliver"/> wants to be called without an interrupt, in nanoseconds of the clock.</summary>
    public ulong NextDeadline
    {
        get
        {
            ulong deadline = Math.Min(_typematic.Deadline, _usb == null ? VirtualTimer.Never : _usb.NextDeadline);
            return _switch.Foreground == null ? deadline : Math.Min(deadline, _ledsDue);
        }
    }

    // How the guest that has the keyboard wants keys to repeat.
    private byte TypematicSetting =>
        _switch.Foreground is { Config.Hid: true } vm ? vm.Platform.Keyboard.Keyboard.TypematicSetting : Typematic.DefaultSetting;

    /// <summary>Delivers everything that has come in.</summary>
    /// <returns>True when the menu was given a key, so that it has to be drawn.</returns>
    public bool Deliver()
    {
        _menuChanged = false;
        while (_host.TryReadInput(out byte value, out bool isMouse))
        {
            if (isMouse)
            {
                DeliverMouse(value);
            }
            else if (_keyboard.Feed(value, out KeyEvent key) && _keys.Feed(KeyMerger.Ps2, key.Code, key.Pressed, out key))
            {
                _menuChanged |= DeliverKey(key);
            }
        }

        ulong now = _host.Clock.Now;
        DeliverUsb(now);
        DeliverRequests();
        UpdateLeds(now);
        return DeliverSerial() || _menuChanged;
    }

    // Only the VM that has the keyboard may send itself away. What others write is taken and forgotten.
    private void DeliverRequests()
    {
        for (int i = 0; i < _machines.Count; i++)
        {
            VirtualMachine vm = _machines[i];
            if (vm.TakeRequest() && vm == _switch.Foreground)
            {
                _switch.ShowMenu();
                _menuChanged = true;
            }
        }
    }

    private void DeliverUsb(ulong now)
    {
        if (_usb == null)
        {
            return;
        }

        _usb.Poll(now);
        if (_typedFor != _switch.Foreground)
        {
            // What is held was typed for somebody else.
            _typedFor = _switch.Foreground;
            _typematic.Stop();
        }

        if (_typematic.TryTake(now, TypematicSetting, out ushort code))
        {
            _menuChanged |= DeliverKey(new KeyEvent(code, true, _keys.Modifiers));
        }
    }

    private void TakeUsbKey(int source, ushort code, bool pressed)
    {
        _typedFor = _switch.Foreground;
        _typematic.Feed(code, pressed, _host.Clock.Now, TypematicSetting);
        if (_keys.Feed(source, code, pressed, out KeyEvent key))
        {
            _menuChanged |= DeliverKey(key);
        }
    }

    private void TakeUsbMouse(int source, int dx, int dy, int dz, byte buttons)
    {
        _usbButtons[source] = buttons;
        byte all = 0;
        for (int i = 0; i < _usbButtons.Length; i++)
        {
            all |= _usbButtons[i];
        }

        _mouse.OtherButtons = all;
        if (_switch.Foreground is { Config.Hid: true } vm)
        {
            vm.Enter();
            vm.Platform.Keyboard.Mouse.Move(dx, dy, dz, (byte)(all | _mouse.Buttons));
            vm.Leave();
        }
    }

    // The lights show what the foreground VM says; the menu has none.
    private void UpdateLeds(ulong now)
    {
        if (now >= _ledsDue || _switch.Foreground == null)
        {
            int leds = _switch.Foreground is { Config.Hid: true } vm ? vm.Platform.Keyboard.Keyboard.Leds : 0;
            _ledsDue = now + LedPeriod;
            if (leds != _leds)
            {
                _leds = leds;
                _host.SetLeds((byte)leds);
                if (_usb != null)
                {
                    _usb.Leds = leds;
                }
            }
        }
    }

    private void DeliverMouse(byte value)
    {
        if (_switch.Foreground is { Config.Hid: true } vm)
        {
            vm.Enter();
            _mouse.Feed(value, vm.Platform.Keyboard.Mouse);
            vm.Leave();
        }
        else
        {
            _mouse.Feed(value, null);
        }
    }

    private bool DeliverKey(in KeyEvent key)
    {
        switch (_hotkeys.Judge(key))
        {
            case HotkeyResult.Menu:
                if (_switch.Foreground != null)
                {
                    _switch.ShowMenu();
                }

                return true;
            case HotkeyResult.Next:
                _machines.ShowNext();
                return true;
            case HotkeyResult.Swallow:
                return false;
            default:
                break;
        }

        if (_switch.Foreground is { } vm)
        {
            if (vm.Config.Hid)
            {
                vm.Enter();
                vm.Platform.Keyboard.Keyboard.Key(ToKeyCode(key.Code), key.Pressed);
                vm.Leave();
            }

            return false;
        }

        _menu.Handle(KeyboardMenuKeys.From(key));
        return true;
    }

    private bool DeliverSerial()
    {
        bool menuChanged = false;
        SendHeld();
        while (_host.TryReadSerial(out byte value))
        {
            if (_switch.Foreground is not { } vm)
            {
                _menu.Handle(_serialKeys.Feed(value, _host.Clock.Now));
                menuChanged = true;
            }
            else if (value == SerialMenuKey)
            {
                _switch.ShowMenu();
                menuChanged = true;
            }
            else
            {
                Hold(vm, value);
            }
        }

        SendHeld();
        if (_serialKeys.IsPending && _switch.Foreground == null)
        {
            MenuKey key = _serialKeys.Poll(_host.Clock.Now);
            _menu.Handle(key);
            menuChanged |= key != MenuKey.None;
        }

        return menuChanged;
    }

    // What was typed for a VM whose receiver is full waits here, so that the menu key behind it is seen all the same.
    private void Hold(VirtualMachine vm, byte value)
    {
        if (_heldFor != vm)
        {
            _heldFor = vm;
            _heldCount = 0;
        }

        if (_heldCount < HeldCapacity)
        {
            _held[(_heldStart + _heldCount) & (HeldCapacity - 1)] = value;
            _heldCount++;
        }
    }

    private void SendHeld()
    {
        if (_heldFor != _switch.Foreground)
        {
            // Nobody but the VM that it was typed for may see it, and that one does not have the keyboard any more.
            _heldFor = null;
            _heldCount = 0;
        }

        if (_heldCount == 0)
        {
            return;
        }

        VirtualMachine vm = _heldFor!;
        vm.Enter();
        while (_heldCount > 0 && vm.TryReceiveSerial(_held[_heldStart]))
        {
            _heldStart = (_heldStart + 1) & (HeldCapacity - 1);
            _heldCount--;
        }

        vm.Leave();
    }

    private static ushort ToKeyCode(ushort code) => code switch
    {
        ScanCode.Pause => KeyCode.Pause,
        >= Hotkey.Extended => (ushort)((code & 0xFF) | KeyCode.Extended),
        _ => code,
    };

    private sealed class UsbInput(InputRouter router) : HidSink
    {
        public override void Key(int source, ushort code, bool pressed) => router.TakeUsbKey(source, code, pressed);

        public override void Mouse(int source, int dx, int dy, int dz, byte buttons) => router.TakeUsbMouse(source, dx, dy, dz, buttons);
    }
}
