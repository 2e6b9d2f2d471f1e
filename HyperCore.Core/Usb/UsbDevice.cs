using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;

namespace HyperCore.Core.Usb;

/// <summary>
/// A device: from its slot and address over its descriptors (<c>UsbDevice.Enumeration.cs</c>) to a hub, keyboards and mice, which are then served
/// (<c>UsbDevice.Work.cs</c>), or one that is left unconfigured. The object and its memory are made at start-up and used again and again.
/// </summary>
internal sealed partial class UsbDevice : CommandOwner
{
    /// <summary>Bytes that the controller and the driver share for a device: one page.</summary>
    public const int MemorySize = 4096;

    private const int RingBytes = 256;
    private const int ReportBytes = 64;
    private const int ControlBytes = 512;
    private const int MaxRouteTier = 5;
    private const int MaxRoutePort = 15;

    private readonly HidFunction[] _functions = new HidFunction[ConfigurationDescriptor.MaxInterfaces];
    private readonly InterruptPipe?[] _pipes = new InterruptPipe?[ContextWriter.DeviceContexts];
    private readonly ConfigurationDescriptor _configuration = new();
    private readonly InterruptPipe _hubPipe;
    private readonly DmaBlock _memory;

    /// <summary>A device that is not there yet, with its memory.</summary>
    public UsbDevice(XhciController controller, DmaBlock memory)
    {
        Controller = controller;
        _memory = memory;
        int at = ContextWriter.DeviceContexts * 64;
        var control = memory.Slice(at, RingBytes);
        at += RingBytes;
        Control = new ControlPipe(this, control, memory.Slice(at, ControlBytes));
        at += ControlBytes;

        // A hub has no keyboard, so the memory of the first function serves its one endpoint.
        _hubPipe = new InterruptPipe(this, memory.Slice(at, RingBytes), memory.Slice(at + RingBytes, ReportBytes), new HubReader(this));
        for (int i = 0; i < _functions.Length; i++)
        {
            _functions[i] = new HidFunction(this, memory.Slice(at, RingBytes), memory.Slice(at + RingBytes, ReportBytes));
            at += RingBytes + ReportBytes;
        }
    }

    public XhciController Controller { get; }

    public ControlPipe Control { get; }

    public override UsbPort? Port => _port;

    public UsbHub? Hub { get; private set; }

    public int SlotId { get; private set; }

    public UsbSpeed Speed { get; private set; }

    public byte SpeedId { get; private set; }

    /// <summary>idVendor in the upper half, idProduct in the lower; 0 while they are not known.</summary>
    public uint ProductId { get; private set; }

    /// <summary>Hubs between it and the controller.</summary>
    public int Depth { get; private set; }

    /// <summary>Route string: four bits for each hub's port, the nearest to the controller lowest (xHCI 1.2, 8.9).</summary>
    public uint Route { get; private set; }

    /// <summary>The controller's port at the end of the way.</summary>
    public int RootPort { get; private set; }

    /// <summary>Slot of the high-speed hub that translates for this slower device; 0 when none does.</summary>
    public int TranslatorSlot { get; private set; }

    /// <summary>The port of that hub.</summary>
    public int TranslatorPort { get; private set; }

    public bool IsFree => _step == Step.Free;

    /// <summary>It has an address of its own.</summary>
    public bool IsAddressed => _step is > Step.WaitAddress and not (Step.Failed or Step.Closing or Step.WaitDisable);

    /// <summary>It is a hub, keyboard or mouse that works.</summary>
    public bool IsUseful => _step == Step.Working;

    public bool HasFailed => _step == Step.Failed;

    /// <summary>Why it has failed, for people to read.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>When it wants to be looked at without an event.</summary>
    public ulong Deadline
    {
        get
        {
            if (_step is Step.Free or Step.Failed or Step.Closing or Step.WaitDisable)
            {
                return VirtualTimer.Never;
            }

            ulong deadline = _step == Step.WaitSettled ? _until : Control.Deadline;
            return Hub != null ? Math.Min(deadline, Hub.Deadline) : deadline;
        }
    }

    /// <summary>Begins with a device that has just been reset.</summary>
    public void Open(UsbPort port, UsbSpeed speed, byte speedId)
    {
        _port = port;
        Speed = speed;
        SpeedId = speedId;
        ProductId = 0;
        UsbDevice? parent = port.Parent;
        Depth = parent == null ? 0 : parent.Depth + 1;
        RootPort = parent == null ? port.Number : parent.RootPort;
        Route = parent == null || Depth > MaxRouteTier ? 0 : parent.Route | ((uint)Math.Min(port.Number, MaxRoutePort) << (4 * (Depth - 1)));
        TranslatorSlot = 0;
        TranslatorPort = 0;
        if (parent != null && speed is UsbSpeed.Low or UsbSpeed.Full)
        {
            SetTranslator(port.Parent, port.Number);
        }

        _memory.Bytes.Clear();
        Control.Reset();
        _user = ControlUser.None;
        _step = speed == UsbSpeed.Unknown ? Step.Failed : Step.EnableSlot;
        Failure = speed == UsbSpeed.Unknown ? "has an unknown speed" : "";
        _pipes.AsSpan().Clear();
    }

    /// <summary>It is unplugged or given up: keys are released, and its slot is given back when the controller has time.</summary>
    public void Close()
    {
        if (_step is Step.Free or Step.Closing or Step.WaitDisable)
        {
            return;
        }

        ReleaseFunctions();
        _step = Step.Closing;
        Controller.Again();
    }

    /// <summary>The controller has forgotten everything.</summary>
    public void Forget()
    {
        ReleaseFunctions();
        if (SlotId != 0)
        {
            Controller.SetSlot(SlotId, null, 0);
        }

        SlotId = 0;
        ForgetCommands();
        Control.Reset();
        _port = null;
        _step = Step.Free;
    }

    /// <summary>Writes a line of the log that begins with the port.</summary>
    public void LogEvent(LogLevel level, ReadOnlySpan<char> what) => _port?.LogEvent(level, what, ProductId);

    public void TransferCompleted(in Trb entry, ulong now)
    {
        if (_step is Step.Free or Step.Closing or Step.WaitDisable)
        {
            return;
        }

        if (entry.Endpoint == Control.ContextIndex)
        {
            Control.TransferCompleted(entry, now);
        }
        else
        {
            _pipes[entry.Endpoint]?.TransferCompleted(entry, now);
        }
    }

    /// <summary>Does what can be done without waiting.</summary>
    public void Advance(ulong now)
    {
        if (_step is Step.Free or Step.Failed)
        {
            return;
        }

        if (_step is Step.Closing or Step.WaitDisable)
        {
            AdvanceClosing(now);
            return;
        }

        Control.Advance(now);
        if (Control.IsDone)
        {
            ControlEnded(now);
        }

        if (_step == Step.Working)
        {
            AdvanceWork(now);
        }
        else
        {
            AdvanceEnumeration(now);
        }
    }

    private void SetTranslator(UsbDevice? hub, int port)
    {
        if (hub == null)
        {
            return;
        }

        if (hub.Speed == UsbSpeed.High)
        {
            TranslatorSlot = hub.SlotId;
            TranslatorPort = port;
        }
        else
        {
            // Behind a slow hub: what translates for the hub does so for this.
            TranslatorSlot = hub.TranslatorSlot;
            TranslatorPort = hub.TranslatorPort;
        }
    }

    private void ForgetCommands()
    {
        CommandPending = false;
        Control.CommandPending = false;
        _hubPipe.CommandPending = false;
        for (int i = 0; i < _functions.Length; i++)
        {
            _functions[i].Pipe.CommandPending = false;
        }
    }

    private bool AnyCommandPending()
    {
        bool pending = CommandPending || Control.CommandPending || _hubPipe.CommandPending;
        for (int i = 0; i < _functions.Length; i++)
        {
            pending |= _functions[i].Pipe.CommandPending;
        }

        return pending;
    }

    private void Fail(string reason)
    {
        ReleaseFunctions();
        Failure = reason;
        _step = Step.Failed;
        Controller.Again();
    }

    private void ReleaseFunctions()
    {
        if (_step == Step.Working)
        {
            for (int i = 0; i < _configuration.Count && Hub == null; i++)
            {
                _functions[i].Release();
                Controller.Host.ReleaseSource(_functions[i].Source);
            }
        }

        for (int i = 0; i < _pipes.Length; i++)
        {
            _pipes[i]?.Close();
            _pipes[i] = null;
        }

        Hub?.Close();
        Hub = null;
    }

    private sealed class HubReader(UsbDevice device) : ReportReader
    {
        public override void Read(ReadOnlySpan<byte> report) => device.Hub?.Read(report);
    }
}
