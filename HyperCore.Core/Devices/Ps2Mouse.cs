using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// A PS/2 mouse (IBM PS/2 Hardware Interface Technical Reference, "Mouse") that becomes an IntelliMouse with a wheel or an IntelliMouse
/// Explorer with five buttons when the guest knocks for it.
/// </summary>
public sealed class Ps2Mouse : Ps2Device
{
    /// <summary>Left button, in the buttons given to <see cref="Move"/>.</summary>
    public const byte Left = 1 << 0;

    /// <summary>Right button.</summary>
    public const byte Right = 1 << 1;

    /// <summary>Middle button.</summary>
    public const byte Middle = 1 << 2;

    /// <summary>Fourth button.</summary>
    public const byte Side = 1 << 3;

    /// <summary>Fifth button.</summary>
    public const byte Extra = 1 << 4;

    private const byte StandardId = 0;
    private const byte WheelId = 3;
    private const byte FiveButtonId = 4;

    // Packets that button changes may queue; movement alone queues one and then adds up.
    private const int MaxEventBytes = 64;
    private const int MaxSavedMovement = 0x7FFF;

    private const byte Scaling1To1 = 0xE6;
    private const byte Scaling2To1 = 0xE7;
    private const byte SetResolution = 0xE8;
    private const byte StatusRequest = 0xE9;
    private const byte SetStreamMode = 0xEA;
    private const byte ReadData = 0xEB;
    private const byte ResetWrapMode = 0xEC;
    private const byte SetWrapMode = 0xEE;
    private const byte SetRemoteMode = 0xF0;
    private const byte Identify = 0xF2;
    private const byte SetSampleRate = 0xF3;
    private const byte Enable = 0xF4;
    private const byte Disable = 0xF5;
    private const byte SetDefault = 0xF6;
    private const byte ResetCommand = 0xFF;

    private byte _pendingCommand;
    private byte _id;
    private byte _resolution;
    private byte _rate;
    private byte _previousRate;
    private byte _rateBefore;
    private bool _scaling;
    private bool _remote;
    private bool _wrap;
    private bool _enabled;
    private int _dx;
    private int _dy;
    private int _dz;
    private byte _buttons;
    private byte _reportedButtons;

    internal Ps2Mouse() => Reset();

    /// <summary>The mouse moved, or a button or the wheel did. Signs are those of PS/2 packets.</summary>
    /// <param name="dx">Counts to the right.</param>
    /// <param name="dy">Counts up, away from the user.</param>
    /// <param name="dz">Wheel steps, positive towards the user (scrolling down).</param>
    /// <param name="buttons">The buttons that are down now.</param>
    public void Move(int dx, int dy, int dz, byte buttons)
    {
        _dx = Saturate(_dx, dx);
        _dy = Saturate(_dy, dy);
        _dz = Saturate(_dz, dz);
        _buttons = (byte)(buttons & 0x1F);
        if (!_remote && _enabled && VisibleButtons(_buttons) != VisibleButtons(_reportedButtons) && Queue.EventCount < MaxEventBytes)
        {
            // A click must not get lost between two looks of a busy guest: it has a packet of its own.
            AddPacket(answer: false);
        }

        Notify();
    }

    /// <summary>Releases all buttons, for when the mouse is taken away from the guest.</summary>
    public void ReleaseAllButtons() => Move(0, 0, 0, 0);

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        SetDefaults();
        _pendingCommand = 0;
        _id = StandardId;
        _wrap = false;
        _buttons = 0;
        _reportedButtons = 0;
        _previousRate = 0;
        _rateBefore = 0;
    }

    /// <inheritdoc/>
    internal override void Receive(byte value)
    {
        Queue.ClearAnswers();
        if (_wrap && value != ResetCommand && value != ResetWrapMode)
        {
            Queue.AddAnswer(value);
            return;
        }

        byte command = _pendingCommand;
        _pendingCommand = 0;
        switch (command)
        {
            case SetResolution:
                _resolution = (byte)(value & 3);
                Queue.AddAnswer(value <= 3 ? Acknowledge : Resend);
                break;
            case SetSampleRate:
                NoteSampleRate(value);
                Queue.AddAnswer(Acknowledge);
                break;
            default:
                Command(value);
                break;
        }
    }

    /// <inheritdoc/>
    private protected override void PrepareEvent()
    {
        bool changed = _dx != 0 || _dy != 0 || (_dz != 0 && _id != StandardId)
            || VisibleButtons(_buttons) != VisibleButtons(_reportedButtons);
        if (changed && _enabled && !_remote && !_wrap)
        {
            AddPacket(answer: false);
        }
    }

    private static int Saturate(int sum, int delta) =>
        (int)Math.Clamp((long)sum + delta, -MaxSavedMovement, MaxSavedMovement);

    private static byte Lowest(int value) => unchecked((byte)value);

    private byte VisibleButtons(byte buttons) => (byte)(buttons & (_id == FiveButtonId ? 0x1F : 0x07));

    private void Command(byte value)
    {
        byte answer = Acknowledge;
        switch (value)
        {
            case Scaling1To1 or Scaling2To1:
                _scaling = value == Scaling2To1;
                break;
            case SetResolution or SetSampleRate:
                _pendingCommand = value;
                break;
            case StatusRequest:
                Queue.AddAnswer(Acknowledge);
                AddStatus();
                return;
            case SetStreamMode:
                _remote = false;
                ClearMovement();
                break;
            case ReadData:
                Queue.AddAnswer(Acknowledge);
                AddPacket(answer: true);
                return;
            case ResetWrapMode or SetWrapMode:
                _wrap = value == SetWrapMode;
                ClearMovement();
                break;
            case SetRemoteMode:
                _remote = true;
                ClearMovement();
                break;
            case Identify:
                Queue.AddAnswer(Acknowledge);
                Queue.AddAnswer(_id);
                return;
            case Enable or Disable:
                _enabled = value == Enable;
                ClearMovement();
                break;
            case SetDefault:
                SetDefaults();
                break;
            case Resend:
                answer = LastSent;
                break;
            case ResetCommand:
                // Buttons the user holds stay held.
                byte buttons = _buttons;
                Reset();
                _buttons = buttons;
                Queue.AddAnswer(Acknowledge);
                Queue.AddAnswer(SelfTestPassed);
                Queue.AddAnswer(StandardId);
                return;
            default:
                answer = Resend;
                break;
        }

        Queue.AddAnswer(answer);
    }

    // The knock that makes an IntelliMouse of it is three sample rates in a row.
    private void NoteSampleRate(byte value)
    {
        if (_rateBefore == 200 && _previousRate == 100 && value == 80)
        {
            _id = WheelId;
        }
        else if (_rateBefore == 200 && _previousRate == 200 && value == 80)
        {
            _id = FiveButtonId;
        }

        _rateBefore = _previousRate;
        _previousRate = value;
        _rate = value;
    }

    private void SetDefaults()
    {
        _rate = 100;
        _resolution = 2;
        _scaling = false;
        _remote = false;
        _enabled = false;
        ClearMovement();
    }

    private void ClearMovement()
    {
        Queue.ClearEvents();
        _dx = 0;
        _dy = 0;
        _dz = 0;
        _reportedButtons = _buttons;
    }

    private void AddStatus()
    {
        int buttons = ((_buttons & Left) << 2) | ((_buttons & Middle) >> 1) | ((_buttons & Right) >> 1);
        Queue.AddAnswer((byte)(buttons | (_scaling ? 0x10 : 0) | (_enabled ? 0x20 : 0) | (_remote ? 0x40 : 0)));
        Queue.AddAnswer(_resolution);
        Queue.AddAnswer(_rate);
    }

    // Movement that does not fit nine bits stays for the next packet.
    private void AddPacket(bool answer)
    {
        int dx = Math.Clamp(_dx, -255, 255);
        int dy = Math.Clamp(_dy, -255, 255);
        _dx -= dx;
        _dy -= dy;
        if (_scaling && !answer)
        {
            dx = Scale(dx);
            dy = Scale(dy);
        }

        int first = 0x08 | (_buttons & 7) | (dx < 0 ? 0x10 : 0) | (dy < 0 ? 0x20 : 0);
        _reportedButtons = _buttons;
        bool wheel = _id != StandardId;
        Add(Lowest(first), last: false, answer);
        Add(Lowest(dx), last: false, answer);
        Add(Lowest(dy), last: !wheel, answer);
        if (wheel)
        {
            int dz = Math.Clamp(_dz, -8, 7);
            _dz -= dz;
            int fourth = _id == WheelId ? dz : (dz & 0x0F) | ((_buttons & (Side | Extra)) << 1);
            Add(Lowest(fourth), last: true, answer);
        }
        else
        {
            _dz = 0;
        }
    }

    private void Add(byte value, bool last, bool answer)
    {
        if (answer)
        {
            Queue.AddAnswer(value);
        }
        else
        {
            Queue.AddEvent(value, last);
        }
    }

    // 2:1 scaling of stream mode: small movements get smaller, all others double, and what does not fit is cut off.
    private static int Scale(int counts)
    {
        int size = Math.Abs(counts);
        int scaled = size switch
        {
            0 => 0,
            1 or 2 => 1,
            3 => 3,
            4 => 6,
            5 => 9,
            _ => Math.Min(size * 2, 255),
        };
        return counts < 0 ? -scaled : scaled;
    }
}
