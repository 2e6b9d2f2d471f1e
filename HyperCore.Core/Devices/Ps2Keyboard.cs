using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// A PS/2 keyboard with 102 or more keys (IBM PS/2 Hardware Interface Technical Reference, "Keyboards"). Events come from the keyboard of
/// the host: a repeated make is passed on as typematic. The rate the guest asks for is there for who makes the repetitions; a PS/2 keyboard of the
/// host has a rate of its own.
/// </summary>
public sealed class Ps2Keyboard : Ps2Device
{
    // Makes stop at a quarter of the queue. What is left is enough for the breaks of all keys held: no key gets stuck down.
    private const int MakeLimit = Ps2Queue.EventCapacity / 4;

    private const byte OverrunSet1 = 0xFF;
    private const byte OverrunSet23 = 0x00;

    private const byte SetLeds = 0xED;
    private const byte Echo = 0xEE;
    private const byte ScanCodeSet = 0xF0;
    private const byte Identify = 0xF2;
    private const byte Typematic = 0xF3;
    private const byte Enable = 0xF4;
    private const byte DisableToDefault = 0xF5;
    private const byte SetDefault = 0xF6;
    private const byte ResetCommand = 0xFF;

    // One entry a key: the set 1 code, and from 128 on the keys with the prefix E0h.
    private readonly bool[] _down = new bool[256];
    private byte _pendingCommand;
    private byte _scanCodeSet;
    private bool _enabled;
    private bool _overrun;

    internal Ps2Keyboard() => Reset();

    /// <summary>The lights the guest has set: bit 0 Scroll Lock, bit 1 Num Lock, bit 2 Caps Lock.</summary>
    public byte Leds { get; private set; }

    /// <summary>The typematic rate and delay the guest has set, as the command F3h has them.</summary>
    public byte TypematicSetting { get; private set; }

    /// <summary>The scan code set the guest has chosen, 1 to 3.</summary>
    public int CurrentScanCodeSet => _scanCodeSet;

    private bool AltDown => IsDown(KeyCode.LeftAlt) || IsDown(KeyCode.RightAlt);

    private bool ControlDown => IsDown(KeyCode.LeftControl) || IsDown(KeyCode.RightControl);

    private bool ShiftDown => IsDown(KeyCode.LeftShift) || IsDown(KeyCode.RightShift);

    /// <summary>A key was pressed, repeats, or was released. A release of a key the guest never saw pressed is dropped.</summary>
    /// <param name="code">The key, as <see cref="KeyCode"/> describes. Codes of no key do nothing.</param>
    /// <param name="pressed">Pressed or repeating.</param>
    public void Key(ushort code, bool pressed)
    {
        if (AddKey(code, pressed))
        {
            Notify();
        }
    }

    /// <summary>Releases all keys that are down, for when the keyboard is taken away from the guest.</summary>
    public void ReleaseAllKeys()
    {
        for (int i = 0; i < _down.Length; i++)
        {
            if (_down[i])
            {
                AddKey((ushort)((i & 0x7F) | (i >= 0x80 ? KeyCode.Extended : 0)), pressed: false);
            }
        }

        Notify();
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Leds = 0;
        SetDefaults();
        _enabled = true;
        _pendingCommand = 0;
    }

    /// <inheritdoc/>
    internal override void Receive(byte value)
    {
        byte command = _pendingCommand;
        _pendingCommand = 0;
        Queue.ClearAnswers();
        switch (command)
        {
            case SetLeds when value < 0x80:
                Leds = (byte)(value & 7);
                Queue.AddAnswer(Acknowledge);
                break;
            case Typematic when value < 0x80:
                TypematicSetting = value;
                Queue.AddAnswer(Acknowledge);
                break;
            case ScanCodeSet when value <= 3:
                ChooseScanCodeSet(value);
                break;
            case >= 0xFB and <= 0xFD when value < 0xE0:
                // Key types of set 3, a list that the next command ends. All keys have make, break and typematic.
                _pendingCommand = command;
                Queue.AddAnswer(Acknowledge);
                break;
            default:
                Command(value);
                break;
        }
    }

    private void Command(byte value)
    {
        switch (value)
        {
            case Echo:
                Queue.AddAnswer(Echo);
                break;
            case SetLeds or Typematic or ScanCodeSet:
            case >= 0xFB and <= 0xFD:
                _pendingCommand = value;
                Queue.AddAnswer(Acknowledge);
                break;
            case Identify:
                Queue.AddAnswer(Acknowledge);
                Queue.AddAnswer(0xAB);
                Queue.AddAnswer(0x83);
                break;
            case Enable:
                ClearEvents();
                _enabled = true;
                Queue.AddAnswer(Acknowledge);
                break;
            case DisableToDefault:
                SetDefaults();
                _enabled = false;
                Queue.AddAnswer(Acknowledge);
                break;
            case SetDefault:
                SetDefaults();
                Queue.AddAnswer(Acknowledge);
                break;
            case >= 0xF7 and <= 0xFA:
                Queue.AddAnswer(Acknowledge);
                break;
            case Resend:
                Queue.AddAnswer(LastSent);
                break;
            case ResetCommand:
                Reset();
                Queue.AddAnswer(Acknowledge);
                Queue.AddAnswer(SelfTestPassed);
                break;
            default:
                Queue.AddAnswer(Resend);
                break;
        }
    }

    private static int Index(ushort code) => (code & 0x7F) | (code >> 8 == 0xE0 ? 0x80 : 0);

    private bool IsDown(ushort code) => _down[Index(code)];

    private void SetDefaults()
    {
        _scanCodeSet = 2;
        TypematicSetting = Console.Typematic.DefaultSetting;
        ClearEvents();
    }

    // The guest forgets what is down when it clears the keyboard; a key still held makes again when it repeats.
    private void ClearEvents()
    {
        Queue.ClearEvents();
        Span<bool> down = _down;
        down.Clear();
        _overrun = false;
    }

    private void ChooseScanCodeSet(byte value)
    {
        Queue.AddAnswer(Acknowledge);
        if (value == 0)
        {
            Queue.AddAnswer(_scanCodeSet);
        }
        else
        {
            ClearEvents();
            _scanCodeSet = value;
        }
    }

    private bool AddKey(ushort code, bool pressed)
    {
        if (!_enabled)
        {
            return false;
        }

        if (code == KeyCode.Pause)
        {
            return pressed && HasRoom() && AddPause();
        }

        int prefix = code >> 8;
        byte make = (byte)code;
        bool extended = prefix == 0xE0;
        if ((prefix != 0 && !extended) || make >= 0x80 || ScanCodes.Set1ToSet2(make) == 0)
        {
            return false;
        }

        ref bool down = ref _down[Index(code)];
        if (pressed ? !HasRoom() : !down)
        {
            return false;
        }

        down = pressed;
        if (code == KeyCode.PrintScreen && _scanCodeSet != 3)
        {
            AddPrintScreen(pressed);
        }
        else
        {
            AddCode(make, extended, pressed, last: true);
        }

        return true;
    }

    // Whether a make fits. The first that does not leaves the overrun code in its place.
    private bool HasRoom()
    {
        if (Queue.EventCount < MakeLimit)
        {
            _overrun = false;
            return true;
        }

        if (!_overrun)
        {
            _overrun = true;
            Queue.AddEvent(_scanCodeSet == 1 ? OverrunSet1 : OverrunSet23, last: true);
        }

        return false;
    }

    private void AddCode(byte make, bool extended, bool pressed, bool last)
    {
        if (_scanCodeSet == 3)
        {
            byte code = ScanCodes.Set1ToSet3(make, extended);
            if (code != 0)
            {
                AddBreakPrefix(pressed);
                Queue.AddEvent(code, last);
            }

            return;
        }

        if (extended)
        {
            Queue.AddEvent(0xE0, last: false);
        }

        if (_scanCodeSet == 1)
        {
            Queue.AddEvent((byte)(make | (pressed ? 0 : 0x80)), last);
        }
        else
        {
            AddBreakPrefix(pressed);
            Queue.AddEvent(ScanCodes.Set1ToSet2(make), last);
        }
    }

    private void AddBreakPrefix(bool pressed)
    {
        if (!pressed)
        {
            Queue.AddEvent(ScanCodes.Set2Break, last: false);
        }
    }

    // Alone it comes with a fake left shift; with Alt it is SysRq, a key of its own.
    private void AddPrintScreen(bool pressed)
    {
        const byte SysRq = 0x54;
        const byte PrintScreen = 0x37;
        const byte FakeShift = 0x2A;
        if (AltDown)
        {
            AddCode(SysRq, extended: false, pressed, last: true);
        }
        else if (ControlDown || ShiftDown)
        {
            AddCode(PrintScreen, extended: true, pressed, last: true);
        }
        else if (pressed)
        {
            AddCode(FakeShift, extended: true, pressed: true, last: false);
            AddCode(PrintScreen, extended: true, pressed: true, last: true);
        }
        else
        {
            AddCode(PrintScreen, extended: true, pressed: false, last: false);
            AddCode(FakeShift, extended: true, pressed: false, last: true);
        }
    }

    private bool AddPause()
    {
        const byte Control = 0x1D;
        const byte NumLock = 0x45;
        const byte Break = 0x46;
        if (_scanCodeSet == 3)
        {
            Queue.AddEvent(0x62, last: false);
            AddBreakPrefix(pressed: false);
            Queue.AddEvent(0x62, last: true);
        }
        else if (ControlDown)
        {
            AddCode(Break, extended: true, pressed: true, last: false);
            AddCode(Break, extended: true, pressed: false, last: true);
        }
        else
        {
            // E1 belongs to the two codes that follow, and comes again before their breaks.
            Queue.AddEvent(0xE1, last: false);
            AddCode(Control, extended: false, pressed: true, last: false);
            AddCode(NumLock, extended: false, pressed: true, last: false);
            Queue.AddEvent(0xE1, last: false);
            AddCode(Control, extended: false, pressed: false, last: false);
            AddCode(NumLock, extended: false, pressed: false, last: true);
        }

        return true;
    }
}
