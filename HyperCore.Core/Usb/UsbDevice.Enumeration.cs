using System;
using System.Buffers.Binary;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Usb;

/// <content>From the slot to a configured device, step by step (xHCI 1.2, 4.3; USB 2.0, 9.1.2), and back.</content>
internal sealed partial class UsbDevice
{
    private const byte DescriptorDevice = 1;
    private const byte DescriptorConfiguration = 2;
    private const int DeviceDescriptorStart = 8;
    private const int DeviceDescriptorLength = 18;
    private const int MaxRequestAttempts = 3;
    private const uint AddSlot = 1;
    private const ulong SettleTime = 10_000_000;

    private Step _step;
    private UsbPort? _port;
    private int _maxPacketSize;
    private int _attempts;
    private int _index;
    private int _lastContext;
    private ulong _until;

    // In the order in which they are done.
    private enum Step : byte
    {
        Free,
        EnableSlot,
        WaitSlot,
        Address,
        WaitAddress,
        WaitSettled,
        ReadDescriptorStart,
        UpdatePacketSize,
        WaitPacketSize,
        ReadDescriptor,
        ReadConfigurationStart,
        ReadConfiguration,
        ConfigureEndpoints,
        WaitEndpoints,
        SetConfiguration,
        SetProtocol,
        SetIdle,
        Working,
        Unused,
        Failed,
        Closing,
        WaitDisable,
    }

    /// <inheritdoc/>
    public override void CommandCompleted(CompletionCode code, int slot)
    {
        bool done = code == CompletionCode.Success;
        switch (_step)
        {
            case Step.Closing:
                // Unplugged while the command was under way: a slot that it got is given back too.
                if (SlotId == 0 && done && slot != 0 && slot <= Controller.SlotCount)
                {
                    Take(slot);
                }

                break;
            case Step.WaitDisable:
                Controller.SetSlot(SlotId, null, 0);
                SlotId = 0;
                break;
            case Step.WaitSlot when done && slot != 0 && slot <= Controller.SlotCount:
                Take(slot);
                _step = Step.Address;
                break;
            case Step.WaitSlot:
                Fail("gets no slot of the controller");
                break;
            case Step.WaitAddress when done:
                // The device may take 2 ms to get used to its address (USB 2.0, 9.2.6.3).
                _step = Step.WaitSettled;
                _until = Controller.Now + SettleTime;
                break;
            case Step.WaitAddress:
                Fail("does not take an address");
                break;
            case Step.WaitPacketSize when done:
                Next(Step.ReadDescriptor);
                break;
            case Step.WaitPacketSize:
                Fail("has an impossible packet size");
                break;
            case Step.WaitEndpoints when done:
                Next(Step.SetConfiguration);
                break;
            case Step.WaitEndpoints:
                Fail("has endpoints that the controller does not take");
                break;
            case Step.Working:
                Hub?.ContextUpdated(done);
                break;
            default:
                break;
        }
    }

    private void Take(int slot)
    {
        SlotId = slot;
        Controller.SetSlot(slot, this, _memory.Address);
    }

    private void Next(Step step)
    {
        _step = step;
        _attempts = 0;
    }

    private void AdvanceClosing(ulong now)
    {
        // The recovery of an endpoint may be under way, too.
        if (AnyCommandPending())
        {
            return;
        }

        if (SlotId == 0)
        {
            _step = Step.Free;
            _port = null;
            Controller.Again();
        }
        else if (Controller.TryCommand(this, 0, Trb.ControlOf(TrbType.DisableSlot, SlotId), now))
        {
            _step = Step.WaitDisable;
        }
    }

    private void AdvanceEnumeration(ulong now)
    {
        switch (_step)
        {
            case Step.EnableSlot:
                if (Controller.TryCommand(this, 0, Trb.ControlOf(TrbType.EnableSlot, 0, Controller.SlotTypeOf(RootPort)), now))
                {
                    _step = Step.WaitSlot;
                }

                break;
            case Step.Address:
                AddressDevice(now);
                break;
            case Step.WaitSettled:
                if (now >= _until)
                {
                    Next(Step.ReadDescriptorStart);
                    StartStep(now);
                }

                break;
            case Step.UpdatePacketSize:
                UpdatePacketSize(now);
                break;
            case Step.ConfigureEndpoints:
                ConfigureEndpoints(now);
                break;
            default:
                if (Control.IsIdle && !CommandPending)
                {
                    StartStep(now);
                }

                break;
        }
    }

    private void StartStep(ulong now)
    {
        switch (_step)
        {
            case Step.ReadDescriptorStart:
                Get(DescriptorDevice, DeviceDescriptorStart, now);
                break;
            case Step.ReadDescriptor:
                Get(DescriptorDevice, DeviceDescriptorLength, now);
                break;
            case Step.ReadConfigurationStart:
                Get(DescriptorConfiguration, ConfigurationDescriptor.HeaderLength, now);
                break;
            case Step.ReadConfiguration:
                Get(DescriptorConfiguration, _index, now);
                break;
            case Step.SetConfiguration:
                Begin(ControlUser.Enumeration, 0);
                Control.Start(UsbRequest.DeviceOut, UsbRequest.SetConfiguration, _configuration.Value, 0, 0, now);
                break;
            case Step.SetProtocol:
                Begin(ControlUser.Enumeration, 0);
                Control.Start(UsbRequest.ClassInterfaceOut, UsbRequest.HidSetProtocol, UsbRequest.BootProtocol, _configuration[_index].Number, 0, now);
                break;
            case Step.SetIdle:
                // A report only when something changes.
                Begin(ControlUser.Enumeration, 0);
                Control.Start(UsbRequest.ClassInterfaceOut, UsbRequest.HidSetIdle, 0, _configuration[_index].Number, 0, now);
                break;
            default:
                break;
        }
    }

    private void Get(byte type, int length, ulong now)
    {
        Begin(ControlUser.Enumeration, 0);
        Control.Start(UsbRequest.DeviceIn, UsbRequest.GetDescriptor, (ushort)(type << 8), 0, length, now);
    }

    private void RequestEnded(TransferResult result)
    {
        bool isOptional = _step is Step.SetProtocol or Step.SetIdle;
        if (result == TransferResult.Broken || (result != TransferResult.Success && !isOptional && ++_attempts >= MaxRequestAttempts))
        {
            Fail(result is TransferResult.Stall ? "refuses to be set up" : result == TransferResult.TimedOut ? "does not answer" : "cannot be talked to");
            return;
        }

        if (result != TransferResult.Success && !isOptional)
        {
            return;
        }

        switch (_step)
        {
            case Step.ReadDescriptorStart:
                TakeDescriptorStart(Control.Received);
                break;
            case Step.ReadDescriptor:
                TakeDescriptor(Control.Received);
                break;
            case Step.ReadConfigurationStart:
                _index = Math.Min(ConfigurationDescriptor.TotalLength(Control.Received), Control.Capacity);
                if (_index < ConfigurationDescriptor.HeaderLength)
                {
                    Fail("has a broken configuration descriptor");
                    break;
                }

                Next(Step.ReadConfiguration);
                break;
            case Step.ReadConfiguration:
                TakeConfiguration(Control.Received);
                break;
            case Step.SetConfiguration:
                _index = 0;
                if (Hub != null)
                {
                    Hub.Open(this);
                    BeginWork();
                }
                else
                {
                    Next(Step.SetProtocol);
                }

                break;
            case Step.SetProtocol:
                Next(Step.SetIdle);
                break;
            case Step.SetIdle when ++_index < _configuration.Count:
                Next(Step.SetProtocol);
                break;
            default:
                BeginWork();
                break;
        }
    }

    private void TakeDescriptorStart(ReadOnlySpan<byte> descriptor)
    {
        if (descriptor.Length < DeviceDescriptorStart || descriptor[1] != DescriptorDevice)
        {
            Fail("has a broken device descriptor");
            return;
        }

        // From USB 3 on it is a power of two (USB 3.2, table 9-11).
        int size = Speed >= UsbSpeed.Super ? descriptor[7] == 9 ? 512 : 0 : descriptor[7];
        bool isPossible = Speed switch
        {
            UsbSpeed.Low => size == 8,
            UsbSpeed.Full => size is 8 or 16 or 32 or 64,
            UsbSpeed.High => size == 64,
            _ => size == 512,
        };
        if (!isPossible)
        {
            Fail("has an impossible packet size");
            return;
        }

        Next(size == _maxPacketSize ? Step.ReadDescriptor : Step.UpdatePacketSize);
        _maxPacketSize = size;
    }

    private void TakeDescriptor(ReadOnlySpan<byte> descriptor)
    {
        if (descriptor.Length < DeviceDescriptorLength || descriptor[1] != DescriptorDevice)
        {
            Fail("has a broken device descriptor");
            return;
        }

        ProductId = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(descriptor.Slice(8)) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(descriptor.Slice(10));
        Next(Step.ReadConfigurationStart);
    }

    private void TakeConfiguration(ReadOnlySpan<byte> descriptor)
    {
        if (!_configuration.Read(descriptor))
        {
            Fail("has a broken configuration descriptor");
            return;
        }

        if (_configuration.IsHub)
        {
            Hub = Depth < UsbHub.MaxDepth ? Controller.TakeHub() : null;
            if (Hub == null)
            {
                LogEvent(LogLevel.Warning, "one hub too many; left alone".AsSpan());
            }
        }

        if (_configuration.IsHub ? Hub == null : _configuration.Count == 0)
        {
            Unused();
            return;
        }

        Next(Step.ConfigureEndpoints);
    }

    private void Unused()
    {
        Span<char> buffer = stackalloc char[60];
        LogEvent(LogLevel.Debug, TextBuilder.Format(buffer, $"class {(uint)_configuration.FirstClass:x2} is not used"));
        _step = Step.Unused;
        Controller.Again();
    }

    private void BeginWork()
    {
        _step = Step.Working;
        for (int i = 0; i < _configuration.Count && Hub == null; i++)
        {
            _functions[i].Open(_configuration[i], Controller.Host.TakeSource(), Controller.Host.Sink);
        }

        for (int i = 0; i < _pipes.Length; i++)
        {
            _pipes[i]?.Start();
        }

        for (int i = 0; i < _configuration.Count && Hub == null; i++)
        {
            LogEvent(LogLevel.Info, (_functions[i].IsKeyboard ? "keyboard" : "mouse").AsSpan());
        }

        Controller.Again();
    }
}
