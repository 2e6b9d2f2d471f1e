using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Usb;

/// <summary>
/// A controller with its ports, devices and hubs. This part is what everything else uses; see <c>XhciController.Startup.cs</c> for how it is brought up
/// and <c>XhciController.Events.cs</c> for what it says.
/// </summary>
internal sealed partial class XhciController
{
    /// <summary>The most devices at once, those that are left unconfigured included.</summary>
    public const int MaxDevices = 32;

    /// <summary>The most hubs at once.</summary>
    public const int MaxHubs = 8;

    private const ulong TickTime = 250_000_000;
    private const ulong PollingTime = 8_000_000;
    private const ulong CommandLimit = 5_000_000_000;
    private const int MaxRounds = 16;

    private readonly XhciHardware _hardware;
    private readonly int _number;
    private readonly UsbHub[] _hubs = new UsbHub[MaxHubs];
    private UsbDevice[] _devices = [];
    private RootPort[] _ports = [];
    private UsbDevice?[] _slots = [];
    private UsbPort? _addressZero;
    private CommandOwner? _commandOwner;
    private ulong _commandTrb;
    private ulong _commandDeadline;
    private ulong _tickDue;
    private bool _again;

    public XhciController(UsbHost host, XhciHardware hardware, int number)
    {
        Host = host;
        _hardware = hardware;
        _number = number;
        for (int i = 0; i < _hubs.Length; i++)
        {
            _hubs[i] = new UsbHub(this);
        }
    }

    public UsbHost Host { get; }

    public Log Log => Host.Log;

    /// <summary>The time of the last look.</summary>
    public ulong Now { get; private set; }

    /// <summary>When it wants to be looked at.</summary>
    public ulong NextDeadline { get; private set; }

    /// <summary>Slots 1 to this are used.</summary>
    public int SlotCount { get; private set; }

    /// <summary>No command is under way.</summary>
    public bool IsCommandFree => _commandOwner == null;

    /// <summary>Address of the input context that <see cref="BeginInput"/> fills in.</summary>
    public ulong InputAddress => _input.Address;

    public void Poll(ulong now)
    {
        if (_state != State.Running)
        {
            // Not earlier: a controller must be left alone for a moment after its reset.
            if (_state != State.Dead && now >= NextDeadline)
            {
                AdvanceStartup(now);
            }

            return;
        }

        if (now < NextDeadline && !_again && !_events!.HasEvent)
        {
            return;
        }

        Now = now;

        bool more = TakeEvents(now);
        if (_state == State.Running && now >= _tickDue)
        {
            Tick(now);
        }

        if (_commandOwner != null && now >= _commandDeadline)
        {
            _commandOwner.Port?.Blame(now);
            Restart("does not answer a command", now);
        }

        if (_state == State.Running)
        {
            Advance(now);
            NextDeadline = more || _again ? now : FindDeadline();
        }
    }

    /// <summary>Something has become free or has changed that others wait for.</summary>
    public void Again() => _again = true;

    /// <summary>Begins a command, if none is under way (xHCI 1.2, 4.6).</summary>
    public bool TryCommand(CommandOwner owner, ulong parameter, uint control, ulong now)
    {
        if (_commandOwner != null)
        {
            return false;
        }

        _commandOwner = owner;
        owner.CommandPending = true;
        _commandTrb = _commands!.Add(parameter, 0, control);
        _commandDeadline = now + CommandLimit;
        RingDoorbell(0, 0);
        return true;
    }

    /// <summary>Begins the input context of the next command; no command may be under way.</summary>
    public ContextWriter BeginInput() => new(_input, _contextSize);

    /// <summary>Tells the controller to look at a ring: of an endpoint, or, for slot 0, of commands (xHCI 1.2, 4.7).</summary>
    public void RingDoorbell(int slot, int endpoint) => _hardware.Write32(_doorbells + ((uint)slot * 4), (uint)endpoint);

    public uint ReadPort(int number) => _hardware.Read32(PortRegister(number));

    public void WritePort(int number, uint value) => _hardware.Write32(PortRegister(number), value);

    public int SlotTypeOf(int rootPort) => _ports[rootPort - 1].SlotType;

    /// <summary>Gives a slot to a device, with its context, or takes it back.</summary>
    public unsafe void SetSlot(int slot, UsbDevice? device, ulong context)
    {
        _slots[slot] = device;
        ((ulong*)_contextArray.Pointer)[slot] = context;
    }

    /// <summary>A device object that is not in use; null when there is none.</summary>
    public UsbDevice? TakeDevice()
    {
        for (int i = 0; i < _devices.Length; i++)
        {
            if (_devices[i].IsFree)
            {
                return _devices[i];
            }
        }

        return null;
    }

    /// <summary>A hub object that is not in use; null when there is none.</summary>
    public UsbHub? TakeHub()
    {
        for (int i = 0; i < _hubs.Length; i++)
        {
            if (_hubs[i].IsFree)
            {
                return _hubs[i];
            }
        }

        return null;
    }

    /// <summary>A port may have a device answer to address 0; until <see cref="ReleaseAddressZero"/> no other port may.</summary>
    public bool TryTakeAddressZero(UsbPort port)
    {
        if (_addressZero != null && _addressZero != port)
        {
            return false;
        }

        _addressZero = port;
        return true;
    }

    public void ReleaseAddressZero(UsbPort port)
    {
        if (_addressZero == port)
        {
            _addressZero = null;
            _again = true;
        }
    }

    /// <summary>Writes what comes before the number of a port: nothing on a machine with one controller.</summary>
    public void AppendPrefix(ref TextBuilder text)
    {
        if (Host.ControllerCount > 1)
        {
            text.AppendDecimal((ulong)_number);
            text.Append('-');
        }
    }

    private uint PortRegister(int number) => _operational + XhciRegister.FirstPort + ((uint)(number - 1) * XhciRegister.PortStride);

    // Everything is asked whether it can go on, and again as long as one of them may have made way for another.
    private void Advance(ulong now)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            _again = false;
            for (int i = 0; i < _ports.Length; i++)
            {
                _ports[i].Advance(now);
            }

            for (int i = 0; i < _devices.Length; i++)
            {
                _devices[i].Advance(now);
            }

            if (!_again)
            {
                break;
            }
        }
    }

    private void Tick(ulong now)
    {
        _tickDue = now + (_polls ? PollingTime : TickTime);
        uint status = _hardware.Read32(_operational + XhciRegister.Status);
        if (status == uint.MaxValue)
        {
            Die("has gone");
            return;
        }

        if ((status & (XhciRegister.StatusHostSystemError | XhciRegister.StatusControllerError | XhciRegister.StatusHalted)) != 0)
        {
            Restart("has failed", now);
            return;
        }

        // Should an event get lost, a port is seen all the same.
        for (int i = 0; i < _ports.Length; i++)
        {
            _ports[i].Touch();
        }
    }

    private ulong FindDeadline()
    {
        ulong deadline = _commandOwner != null ? Math.Min(_tickDue, _commandDeadline) : _tickDue;
        for (int i = 0; i < _ports.Length; i++)
        {
            deadline = Math.Min(deadline, _ports[i].Deadline);
        }

        for (int i = 0; i < _devices.Length; i++)
        {
            if (!_devices[i].IsFree)
            {
                deadline = Math.Min(deadline, _devices[i].Deadline);
            }
        }

        return deadline;
    }

    private void LogEvent(LogLevel level, string what, string end = "")
    {
        Span<char> buffer = stackalloc char[160];
        var text = new TextBuilder(buffer);
        text.Append("usb: controller ");
        text.AppendDecimal((ulong)_number);
        text.Append(": ");
        text.Append(what);
        text.Append(end);
        Log.Write(level, text.Text);
    }
}
