using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// The keyboard controller with a PS/2 keyboard and mouse (IBM PS/2 Technical Reference, keyboard and auxiliary device controller). It is
/// taken over from the firmware, brought into a known state, and then only listened to: bytes go into a ring as they come.
/// </summary>
public sealed partial class I8042Driver
{
    /// <summary>Tag of a byte from the keyboard, scan code set 1.</summary>
    public const byte KeyboardTag = 0;

    /// <summary>Tag of a byte from the mouse, part of a packet of <see cref="MousePacketLength"/> bytes.</summary>
    public const byte MouseTag = 1;

    /// <summary>The ISA interrupt of the keyboard.</summary>
    public const int KeyboardIrq = 1;

    /// <summary>The ISA interrupt of the mouse.</summary>
    public const int MouseIrq = 12;

    private const ushort DataPort = 0x60;
    private const ushort CommandPort = 0x64;
    private const byte StatusOutputFull = 0x01;
    private const byte StatusInputFull = 0x02;
    private const byte StatusFromMouse = 0x20;

    private const byte CommandReadConfiguration = 0x20;
    private const byte CommandWriteConfiguration = 0x60;
    private const byte CommandDisableMouse = 0xA7;
    private const byte CommandEnableMouse = 0xA8;
    private const byte CommandSelfTest = 0xAA;
    private const byte CommandDisableKeyboard = 0xAD;
    private const byte CommandEnableKeyboard = 0xAE;
    private const byte CommandWriteMouse = 0xD4;
    private const byte ConfigurationInterrupts = 0x03;
    private const byte ConfigurationKeyboardInterrupt = 0x01;
    private const byte ConfigurationKeyboardOff = 0x10;
    private const byte ConfigurationMouseOff = 0x20;
    private const byte ConfigurationTranslate = 0x40;
    private const byte SelfTestPassed = 0x55;

    private const byte Acknowledge = 0xFA;
    private const byte Resend = 0xFE;
    private const byte TestPassed = 0xAA;
    private const byte KeyboardSetLeds = 0xED;
    private const byte KeyboardScanCodeSet = 0xF0;
    private const byte MouseSetResolution = 0xE8;
    private const byte MouseIdentify = 0xF2;
    private const byte SetRate = 0xF3;
    private const byte EnableReporting = 0xF4;
    private const byte DisableReporting = 0xF5;
    private const byte SetDefaults = 0xF6;
    private const byte ResetDevice = 0xFF;

    private const ulong Millisecond = 1_000_000;
    private const ulong ControllerTimeout = 50 * Millisecond;
    private const ulong SelfTestTimeout = 500 * Millisecond;
    private const ulong AcknowledgeTimeout = 100 * Millisecond;
    private const ulong DeviceTestTimeout = 1000 * Millisecond;
    private const int MaxBytesPerInterrupt = 64;

    private readonly Clock _clock;
    private readonly InputRing _input = new(1024);

    /// <summary>A driver that measures its time limits with <paramref name="clock"/>; the hardware is not touched yet.</summary>
    public I8042Driver(Clock clock)
    {
        _clock = clock;
        MousePacketLength = 3;
    }

    /// <summary>Bytes from keyboard and mouse, by tag.</summary>
    public InputRing Input => _input;

    /// <summary>There is a keyboard controller.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>A keyboard answered. Without one the port is still listened to, for a keyboard that is plugged in later.</summary>
    public bool HasKeyboard { get; private set; }

    /// <summary>A mouse answered.</summary>
    public bool HasMouse { get; private set; }

    /// <summary>The mouse has a wheel.</summary>
    public bool HasWheel => MousePacketLength == 4;

    /// <summary>Bytes of one mouse packet: 3, or 4 with a wheel.</summary>
    public int MousePacketLength { get; private set; }

    /// <summary>Takes the controller over and sets keyboard and mouse up. Its interrupts must still be masked. Takes up to a few seconds only when devices do not answer.</summary>
    /// <returns>There is a controller.</returns>
    public bool Initialize()
    {
        IsPresent = false;
        if (Intrinsics.In8(CommandPort) == 0xFF || !Command(CommandDisableKeyboard) || !Command(CommandDisableMouse))
        {
            return false;
        }

        Drain();
        if (!Command(CommandReadConfiguration) || !TryRead(ControllerTimeout, out byte configuration))
        {
            return false;
        }

        configuration = (byte)((configuration & ~ConfigurationInterrupts) | ConfigurationTranslate);
        if (!WriteConfiguration(configuration))
        {
            return false;
        }

        SelfTest();
        IsPresent = WriteConfiguration(configuration);
        if (!IsPresent)
        {
            return false;
        }

        bool hasMousePort = DetectMousePort();
        Command(CommandEnableKeyboard);
        HasKeyboard = InitializeKeyboard();
        if (hasMousePort)
        {
            Command(CommandDisableKeyboard);
            Command(CommandEnableMouse);
            HasMouse = InitializeMouse();
            Command(CommandEnableKeyboard);
        }

        configuration = (byte)(configuration & ~(ConfigurationKeyboardOff | ConfigurationMouseOff));
        configuration |= hasMousePort ? ConfigurationInterrupts : ConfigurationKeyboardInterrupt;
        if (!hasMousePort)
        {
            configuration |= ConfigurationMouseOff;
        }

        WriteConfiguration(configuration);
        return true;
    }

    /// <summary>What takes the bytes, for both interrupts: the controller itself says where a byte came from.</summary>
    public InterruptHandler CreateInterruptHandler() => new ByteHandler(this);

    /// <summary>Takes the bytes that are waiting, without an interrupt.</summary>
    public void Poll()
    {
        for (int i = 0; i < MaxBytesPerInterrupt; i++)
        {
            byte status = Intrinsics.In8(CommandPort);
            if ((status & StatusOutputFull) == 0 || status == 0xFF)
            {
                return;
            }

            byte value = Intrinsics.In8(DataPort);
            bool isMouse = (status & StatusFromMouse) != 0;
            if (isMouse || !TakeLedAnswer(value))
            {
                _input.Put(value, isMouse ? MouseTag : KeyboardTag);
            }
        }
    }

    private void SelfTest()
    {
        // A controller that fails or does not answer is used all the same: some real ones do, and work. The test may reset the configuration.
        if (Command(CommandSelfTest) && TryRead(SelfTestTimeout, out byte result) && result != SelfTestPassed)
        {
            Drain();
        }

        Command(CommandDisableKeyboard);
        Command(CommandDisableMouse);
    }

    private bool DetectMousePort()
    {
        // With a second port, enabling it clears the bit that says its clock is off.
        if (!Command(CommandEnableMouse) || !Command(CommandReadConfiguration) || !TryRead(ControllerTimeout, out byte configuration))
        {
            return false;
        }

        Command(CommandDisableMouse);
        return (configuration & ConfigurationMouseOff) == 0;
    }

    private bool InitializeKeyboard()
    {
        if (!Send(DisableReporting, toMouse: false))
        {
            // One more chance after a reset, for a keyboard the firmware never woke.
            if (!Send(ResetDevice, toMouse: false) || !TryRead(DeviceTestTimeout, out byte test) || test != TestPassed)
            {
                Drain();
                return false;
            }
        }

        // The controller translates set 2 to set 1.
        bool done = Send(SetDefaults, toMouse: false) && Send(KeyboardScanCodeSet, toMouse: false) && Send(2, toMouse: false);
        done &= Send(KeyboardSetLeds, toMouse: false) && Send(0, toMouse: false);
        return Send(EnableReporting, toMouse: false) && done;
    }

    private bool InitializeMouse()
    {
        if (!Send(ResetDevice, toMouse: true) || !TryRead(DeviceTestTimeout, out byte test) || test != TestPassed || !TryRead(AcknowledgeTimeout, out _))
        {
            Drain();
            return false;
        }

        // The knock that turns the wheel on: rates 200, 100, 80, and the mouse says it is type 3 (Microsoft IntelliMouse).
        MousePacketLength = 3;
        if (SendRate(200) && SendRate(100) && SendRate(80) && Send(MouseIdentify, toMouse: true) && TryRead(AcknowledgeTimeout, out byte type) && type == 3)
        {
            MousePacketLength = 4;
        }

        return SendRate(100) && Send(MouseSetResolution, toMouse: true) && Send(3, toMouse: true) && Send(EnableReporting, toMouse: true);
    }

    private bool SendRate(byte rate) => Send(SetRate, toMouse: true) && Send(rate, toMouse: true);

    /// <summary>Sends a byte to a device and waits for its acknowledgement.</summary>
    private bool Send(byte value, bool toMouse)
    {
        for (int attempt = 0; attempt < 3; attempt++)
        {
            if (toMouse && !Command(CommandWriteMouse))
            {
                return false;
            }

            if (!WaitForInputEmpty())
            {
                return false;
            }

            Intrinsics.Out8(DataPort, value);
            if (!TryReadAnswer(out byte answer))
            {
                return false;
            }

            if (answer == Acknowledge)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadAnswer(out byte answer)
    {
        // Anything else was under way before the command.
        for (int i = 0; i < MaxBytesPerInterrupt && TryRead(AcknowledgeTimeout, out answer); i++)
        {
            if (answer is Acknowledge or Resend)
            {
                return true;
            }
        }

        answer = 0;
        return false;
    }

    private bool WriteConfiguration(byte configuration)
    {
        if (!Command(CommandWriteConfiguration) || !WaitForInputEmpty())
        {
            return false;
        }

        Intrinsics.Out8(DataPort, configuration);
        return WaitForInputEmpty();
    }

    private bool Command(byte command)
    {
        if (!WaitForInputEmpty())
        {
            return false;
        }

        Intrinsics.Out8(CommandPort, command);
        return WaitForInputEmpty();
    }

    private bool WaitForInputEmpty()
    {
        ulong end = _clock.Now + ControllerTimeout;
        while ((Intrinsics.In8(CommandPort) & StatusInputFull) != 0)
        {
            if (_clock.Now > end)
            {
                return false;
            }

            Intrinsics.Pause();
        }

        return true;
    }

    private bool TryRead(ulong timeout, out byte value)
    {
        ulong end = _clock.Now + timeout;
        while ((Intrinsics.In8(CommandPort) & StatusOutputFull) == 0)
        {
            if (_clock.Now > end)
            {
                value = 0;
                return false;
            }

            Intrinsics.Pause();
        }

        value = Intrinsics.In8(DataPort);
        return true;
    }

    private void Drain()
    {
        for (int i = 0; i < MaxBytesPerInterrupt && (Intrinsics.In8(CommandPort) & StatusOutputFull) != 0; i++)
        {
            Intrinsics.In8(DataPort);
        }
    }

    private sealed class ByteHandler : InterruptHandler
    {
        private readonly I8042Driver _driver;

        public ByteHandler(I8042Driver driver) => _driver = driver;

        public override void Handle()
        {
            _driver.Poll();
            if (_driver._input.HasInput)
            {
                Attention.Request();
            }
        }
    }
}
