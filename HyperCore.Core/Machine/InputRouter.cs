using HyperCore.Core.Console;
using HyperCore.Core.Devices;
using HyperCore.Core.Menu;

namespace HyperCore.Core.Machine;

/// <summary>
/// Takes what was typed and moved to whom it belongs: hotkeys to HyperCore before anybody else, the rest to the foreground VM or the menu.
/// </summary>
public sealed class InputRouter
{
    // Ctrl+] on the serial line, as telnet and virtual consoles have it.
    private const byte SerialMenuKey = 0x1D;

    private readonly HostServices _host;
    private readonly KvmSwitch _switch;
    private readonly MenuModel _menu;
    private readonly VirtualMachines _machines;
    private readonly HotkeyMatcher _hotkeys;
    private readonly KeyboardState _keyboard = new();
    private readonly MousePackets _mouse;
    private readonly SerialKeyDecoder _serialKeys = new();
    private byte _heldSerial;
    private bool _holdsSerial;

    /// <summary>Creates the router.</summary>
    public InputRouter(HostServices host, KvmSwitch kvm, MenuModel menu, VirtualMachines machines, Hotkey menuKey, Hotkey nextKey)
    {
        _host = host;
        _switch = kvm;
        _menu = menu;
        _machines = machines;
        _hotkeys = new HotkeyMatcher(menuKey, nextKey);
        _mouse = new MousePackets(host.MousePacketLength);
    }

    /// <summary>Delivers everything that has come in.</summary>
    /// <returns>True when the menu was given a key, so that it has to be drawn.</returns>
    public bool Deliver()
    {
        bool menuChanged = false;
        while (_host.TryReadInput(out byte value, out bool isMouse))
        {
            if (isMouse)
            {
                _mouse.Feed(value, _switch.Foreground is { Config.Hid: true } vm ? vm.Platform.Keyboard.Mouse : null);
            }
            else if (_keyboard.Feed(value, out KeyEvent key))
            {
                menuChanged |= DeliverKey(key);
            }
        }

        return DeliverSerial() || menuChanged;
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
                vm.Platform.Keyboard.Keyboard.Key(ToKeyCode(key.Code), key.Pressed);
            }

            return false;
        }

        _menu.Handle(KeyboardMenuKeys.From(key));
        return true;
    }

    private bool DeliverSerial()
    {
        bool menuChanged = false;
        while (TryTakeSerial(out byte value))
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
            else if (!vm.Platform.Uart.TryReceive(value))
            {
                // The guest's receiver is full: the byte waits until it has read some.
                _heldSerial = value;
                _holdsSerial = true;
                break;
            }
        }

        if (_serialKeys.IsPending && _switch.Foreground == null)
        {
            MenuKey key = _serialKeys.Poll(_host.Clock.Now);
            _menu.Handle(key);
            menuChanged |= key != MenuKey.None;
        }

        return menuChanged;
    }

    private bool TryTakeSerial(out byte value)
    {
        if (_holdsSerial)
        {
            _holdsSerial = false;
            value = _heldSerial;
            return true;
        }

        return _host.TryReadSerial(out value);
    }

    private static ushort ToKeyCode(ushort code) => code switch
    {
        ScanCode.Pause => KeyCode.Pause,
        >= Hotkey.Extended => (ushort)((code & 0xFF) | KeyCode.Extended),
        _ => code,
    };
}
