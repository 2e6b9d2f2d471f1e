using System;

namespace HyperCore.Core.Usb;

/// <summary>A keyboard or mouse: an interface of a device that speaks the boot protocol (HID 1.11, appendix B).</summary>
internal sealed class HidFunction : ReportReader
{
    private const int ModifierCount = 8;
    private const int KeyCount = 6;
    private const int FirstKey = 2;

    private readonly byte[] _keys = new byte[KeyCount];
    private readonly byte[] _newKeys = new byte[KeyCount];
    private HidSink? _sink;
    private byte _modifiers;
    private byte _buttons;

    /// <summary>For its endpoint.</summary>
    public InterruptPipe Pipe { get; }

    public HidFunction(UsbDevice device, DmaBlock ring, DmaBlock buffer) => Pipe = new InterruptPipe(device, ring, buffer, this);

    /// <summary>A keyboard, else a mouse.</summary>
    public bool IsKeyboard { get; private set; }

    public byte InterfaceNumber { get; private set; }

    /// <summary>What the sink knows it by.</summary>
    public int Source { get; private set; }

    /// <summary>The lights it was told to show; -1 when it was told nothing.</summary>
    public int Leds { get; set; }

    public void Open(in HidInterface description, int source, HidSink? sink)
    {
        IsKeyboard = description.IsKeyboard;
        InterfaceNumber = description.Number;
        Source = source;
        Leds = -1;
        _sink = sink;
        _modifiers = 0;
        _buttons = 0;
        _keys.AsSpan().Clear();
    }

    public override void Read(ReadOnlySpan<byte> report)
    {
        if (IsKeyboard)
        {
            ReadKeyboard(report);
        }
        else
        {
            ReadMouse(report);
        }
    }

    /// <summary>Releases all keys and buttons: the device is gone.</summary>
    public void Release()
    {
        if (IsKeyboard)
        {
            _newKeys.AsSpan().Clear();
            Change(0);
        }
        else if (_buttons != 0)
        {
            _buttons = 0;
            _sink?.Mouse(Source, 0, 0, 0, 0);
        }
    }

    private void ReadKeyboard(ReadOnlySpan<byte> report)
    {
        if (report.Length <= FirstKey)
        {
            return;
        }

        _newKeys.AsSpan().Clear();
        ReadOnlySpan<byte> keys = report.Slice(FirstKey, Math.Min(KeyCount, report.Length - FirstKey));
        keys.CopyTo(_newKeys);
        for (int i = 0; i < KeyCount; i++)
        {
            if (_newKeys[i] is > 0 and <= HidUsage.LastError)
            {
                // More keys than the report holds: the modifiers are right, of the others nothing is known (HID 1.11, appendix C).
                _keys.AsSpan().CopyTo(_newKeys);
                break;
            }
        }

        Change(report[0]);
    }

    // Modifiers go down before keys and up behind them, so that no key is seen without the modifier that was held with it.
    private void Change(byte modifiers)
    {
        for (int i = 1; i < KeyCount; i++)
        {
            // A key that is listed twice is pressed once, and released once.
            _newKeys[i] = Holds(_newKeys, i, _newKeys[i]) ? (byte)0 : _newKeys[i];
        }

        for (int i = 0; i < KeyCount; i++)
        {
            if (!Holds(_newKeys, KeyCount, _keys[i]))
            {
                Send(_keys[i], pressed: false);
            }
        }

        SendModifiers(_modifiers & ~modifiers, pressed: false);
        SendModifiers(modifiers & ~_modifiers, pressed: true);
        _modifiers = modifiers;
        for (int i = 0; i < KeyCount; i++)
        {
            if (!Holds(_keys, KeyCount, _newKeys[i]))
            {
                Send(_newKeys[i], pressed: true);
            }
        }

        _newKeys.AsSpan().CopyTo(_keys);
    }

    private static bool Holds(byte[] keys, int count, byte usage)
    {
        for (int i = 0; i < count; i++)
        {
            if (keys[i] == usage)
            {
                return true;
            }
        }

        return false;
    }

    private void SendModifiers(int changed, bool pressed)
    {
        for (int i = 0; i < ModifierCount; i++)
        {
            if ((changed >> i & 1) != 0)
            {
                _sink?.Key(Source, HidUsage.ToScanCode((byte)(HidUsage.FirstModifier + i)), pressed);
            }
        }
    }

    private void Send(byte usage, bool pressed)
    {
        // Modifiers have bits of their own; a keyboard that lists them too does not press them twice.
        ushort code = usage >= HidUsage.FirstModifier ? (ushort)0 : HidUsage.ToScanCode(usage);
        if (code != 0)
        {
            _sink?.Key(Source, code, pressed);
        }
    }

    private void ReadMouse(ReadOnlySpan<byte> report)
    {
        if (report.Length < 3)
        {
            return;
        }

        // The boot protocol ends here; most mice send the wheel in the byte behind.
        int wheel = report.Length > 3 ? unchecked((sbyte)report[3]) : 0;
        _buttons = (byte)(report[0] & 0x1F);
        _sink?.Mouse(Source, unchecked((sbyte)report[1]), -unchecked((sbyte)report[2]), -wheel, _buttons);
    }
}
