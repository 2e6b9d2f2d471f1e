using System;
using System.Buffers.Binary;
using System.Numerics;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;

namespace HyperCore.Core.Usb;

/// <summary>
/// A hub (USB 2.0, 11; USB 3.2, 10): brings it up, follows its ports, and resets what is plugged in. One request at a time, for which it uses the control
/// endpoint of its device.
/// </summary>
internal sealed class UsbHub
{
    /// <summary>The most ports: a route string has no more (xHCI 1.2, 8.9). Further ones are not used.</summary>
    public const int MaxPorts = 15;

    /// <summary>So many hubs in a row are allowed (USB 2.0, 4.1.1).</summary>
    public const int MaxDepth = 5;

    private const byte DescriptorType = 0x29;
    private const byte DescriptorTypeUsb3 = 0x2A;
    private const int DescriptorLength = 8;
    private const int DescriptorLengthUsb3 = 12;
    private const int StatusLength = 4;
    private const ulong MinPowerTime = 100_000_000;
    private const ulong PowerTimeUnit = 2_000_000;
    private const int MaxFailures = 3;

    private readonly HubPort[] _ports = new HubPort[MaxPorts];
    private Step _step;
    private ulong _until;
    private int _port;
    private int _changes;
    private int _failures;

    public UsbHub(XhciController controller)
    {
        for (int i = 0; i < MaxPorts; i++)
        {
            _ports[i] = new HubPort(controller, this, i + 1);
        }
    }

    private enum Step : byte
    {
        Free,
        ReadDescriptor,
        SetDepth,
        UpdateContext,
        PowerPort,
        WaitForPower,
        Working,
        ResetPort,
        DisablePort,
        ReadStatus,
        ClearChange,
        Failed,
    }

    /// <summary>What it is; null when this object is not in use.</summary>
    public UsbDevice? Device { get; private set; }

    public bool IsFree => Device == null;

    public bool HasFailed => _step == Step.Failed;

    /// <summary>Ports in use.</summary>
    public int PortCount { get; private set; }

    /// <summary>For the slot context: TT Think Time.</summary>
    public int ThinkTime { get; private set; }

    /// <summary>For the slot context: the hub has told what it is.</summary>
    public bool IsKnown => PortCount != 0;

    /// <summary>The slot context is to be updated, so that the controller knows that this is a hub.</summary>
    public bool WantsContext => _step == Step.UpdateContext;

    public ulong Deadline
    {
        get
        {
            ulong deadline = _step == Step.WaitForPower ? _until : VirtualTimer.Never;
            for (int i = 0; i < PortCount && _step >= Step.Working; i++)
            {
                deadline = Math.Min(deadline, _ports[i].Deadline);
            }

            return deadline;
        }
    }

    private bool IsUsb3 => Device!.Speed >= UsbSpeed.Super;

    /// <summary>The device is configured: the hub is brought up.</summary>
    public void Open(UsbDevice device)
    {
        Device = device;
        PortCount = 0;
        ThinkTime = 0;
        _failures = 0;
        _step = Step.ReadDescriptor;
    }

    /// <summary>It is gone, and so is everything behind it.</summary>
    public void Close()
    {
        for (int i = 0; i < PortCount; i++)
        {
            _ports[i].Reset();
        }

        PortCount = 0;
        _step = Step.Free;
        Device = null;
    }

    public void ContextUpdated(bool done)
    {
        _port = 0;
        _step = done ? Step.PowerPort : Step.Failed;
    }

    /// <summary>The status change endpoint: a bit for the hub, then one for each port (USB 2.0, 11.12.4).</summary>
    public void Read(ReadOnlySpan<byte> report)
    {
        for (int i = 0; i < PortCount; i++)
        {
            int bit = i + 1;
            if (bit / 8 < report.Length && (report[bit / 8] >> (bit & 7) & 1) != 0)
            {
                _ports[i].WantsStatus = true;
            }
        }
    }

    /// <summary>Lets the ports do what is due.</summary>
    public void AdvancePorts(ulong now)
    {
        for (int i = 0; i < PortCount && _step >= Step.Working && _step != Step.Failed; i++)
        {
            _ports[i].Advance(now);
        }
    }

    /// <summary>Begins the next request, if there is something to do.</summary>
    /// <returns>A request was started; its end is told to <see cref="RequestEnded"/>.</returns>
    public bool TryStartRequest(ControlPipe control, ulong now)
    {
        switch (_step)
        {
            case Step.ReadDescriptor:
                int length = IsUsb3 ? DescriptorLengthUsb3 : DescriptorLength;
                control.Start(UsbRequest.ClassDeviceIn, UsbRequest.GetDescriptor, (ushort)((IsUsb3 ? DescriptorTypeUsb3 : DescriptorType) << 8), 0, length, now);
                return true;
            case Step.SetDepth:
                // 0 for a hub on a port of the controller (USB 3.2, 10.16.2.9).
                control.Start(UsbRequest.ClassDeviceOut, UsbRequest.SetHubDepth, (ushort)Device!.Depth, 0, 0, now);
                return true;
            case Step.PowerPort:
                control.Start(UsbRequest.ClassPortOut, UsbRequest.SetFeature, UsbRequest.PortPower, (ushort)(_port + 1), 0, now);
                return true;
            case Step.WaitForPower:
                if (now < _until)
                {
                    return false;
                }

                _step = Step.Working;
                return TryStartWork(control, now);
            case Step.Working:
                return TryStartWork(control, now);
            default:
                return false;
        }
    }

    /// <summary>The request has ended.</summary>
    public void RequestEnded(ControlPipe control, ulong now)
    {
        bool done = control.TakeResult() == TransferResult.Success;
        if (done)
        {
            _failures = 0;
        }
        else if (control.Result == TransferResult.Broken || ++_failures >= MaxFailures)
        {
            _step = Step.Failed;
            return;
        }

        switch (_step)
        {
            case Step.ReadDescriptor when done:
                _step = ReadDescriptor(control.Received) ? IsUsb3 ? Step.SetDepth : Step.UpdateContext : Step.Failed;
                break;
            case Step.SetDepth when done:
                _step = Step.UpdateContext;
                break;
            case Step.PowerPort:
                // Hubs without power switching refuse it and have power all the same.
                _failures = 0;
                if (++_port == PortCount)
                {
                    _step = Step.WaitForPower;
                    _until += now;
                    OpenPorts();
                }

                break;
            case Step.ReadStatus:
                _step = Step.Working;
                if (done && control.Length == StatusLength)
                {
                    ReadStatus(control.Received);
                }

                break;
            case Step.ClearChange:
                _step = _changes != 0 ? Step.ClearChange : Step.Working;
                if (_changes != 0)
                {
                    StartClear(control, now);
                }

                break;
            case Step.ResetPort or Step.DisablePort:
                _step = Step.Working;
                break;
            default:
                // Once more.
                break;
        }
    }

    private void OpenPorts()
    {
        for (int i = 0; i < PortCount; i++)
        {
            _ports[i].Open();
        }
    }

    private bool ReadDescriptor(ReadOnlySpan<byte> descriptor)
    {
        if (descriptor.Length < 7 || descriptor[1] != (IsUsb3 ? DescriptorTypeUsb3 : DescriptorType) || descriptor[2] == 0)
        {
            return false;
        }

        PortCount = Math.Min((int)descriptor[2], MaxPorts);
        ThinkTime = (BinaryPrimitives.ReadUInt16LittleEndian(descriptor.Slice(3)) >> 5) & 3;
        _until = Math.Max(MinPowerTime, descriptor[5] * PowerTimeUnit);
        Span<char> buffer = stackalloc char[40];
        var text = new TextBuilder(buffer);
        text.Append("hub, ");
        text.AppendDecimal((ulong)descriptor[2]);
        text.Append(" ports");
        Device!.LogEvent(LogLevel.Info, text.Text);
        return true;
    }

    private bool TryStartWork(ControlPipe control, ulong now)
    {
        for (int i = 0; i < PortCount; i++)
        {
            HubPort port = _ports[i];
            _port = i;
            ushort index = (ushort)(i + 1);
            if (port.WantsReset)
            {
                port.WantsReset = false;
                _step = Step.ResetPort;
                ushort feature = port.WantsWarmReset ? UsbRequest.PortWarmReset : UsbRequest.PortReset;
                control.Start(UsbRequest.ClassPortOut, UsbRequest.SetFeature, feature, index, 0, now);
                return true;
            }

            if (port.WantsDisable)
            {
                port.WantsDisable = false;
                if (!IsUsb3)
                {
                    _step = Step.DisablePort;
                    control.Start(UsbRequest.ClassPortOut, UsbRequest.ClearFeature, UsbRequest.PortEnable, index, 0, now);
                    return true;
                }
            }

            if (port.WantsStatus)
            {
                port.WantsStatus = false;
                _step = Step.ReadStatus;
                control.Start(UsbRequest.ClassPortIn, UsbRequest.GetStatus, 0, index, StatusLength, now);
                return true;
            }
        }

        return false;
    }

    private void ReadStatus(ReadOnlySpan<byte> bytes)
    {
        int status = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        int change = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(2));
        _ports[_port].Update(status, change, IsUsb3);
        _changes = change & (IsUsb3 ? 0xF9 : 0x1F);
        if (_changes != 0)
        {
            StartClear(Device!.Control, Device.Controller.Now);
        }
    }

    // Each change must be taken back, or the hub reports it for ever.
    private void StartClear(ControlPipe control, ulong now)
    {
        int bit = BitOperations.TrailingZeroCount(_changes);
        _changes &= _changes - 1;
        ushort feature = bit switch
        {
            0 => UsbRequest.PortConnectChange,
            1 => UsbRequest.PortEnableChange,
            2 => UsbRequest.PortSuspendChange,
            3 => UsbRequest.PortOverCurrentChange,
            4 => UsbRequest.PortResetChange,
            5 => UsbRequest.PortWarmResetChange,
            6 => UsbRequest.PortLinkStateChange,
            _ => UsbRequest.PortConfigErrorChange,
        };
        _step = Step.ClearChange;
        control.Start(UsbRequest.ClassPortOut, UsbRequest.ClearFeature, feature, (ushort)(_port + 1), 0, now);
    }
}
