using System;
using System.Numerics;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Usb;

/// <content>How a controller is taken from the firmware, reset and started (xHCI 1.2, 4.2), and what happens when it fails.</content>
internal sealed partial class XhciController
{
    private const int PageBytes = 4096;
    private const int ContextArrayBytes = 2048;
    private const int EventTableBytes = 64;
    private const int CommandRingBytes = 1024;
    private const int EventRingBytes = 4096;
    private const uint MinCapabilityLength = 0x20;
    private const int MaxExtendedCapabilities = 64;
    private const int MaxPageShift = 4;
    private const int MaxRestarts = 3;

    private const ulong Millisecond = 1_000_000;
    private const ulong StartupPollTime = 2 * Millisecond;
    private const ulong FirmwareLimit = 1000 * Millisecond;
    private const ulong HaltLimit = 100 * Millisecond;
    private const ulong ResetLimit = 1000 * Millisecond;

    // In units of 250 ns: at most one interrupt every half millisecond.
    private const uint InterruptInterval = 2000;

    private State _state;
    private ulong _limit;
    private int _restarts;
    private int _contextSize;
    private uint _operational;
    private uint _runtime;
    private uint _doorbells;
    private uint _legacy;
    private bool _hasPortPower;
    private int _protocolPorts;
    private DmaBlock _contextArray;
    private DmaBlock _scratchpads;
    private DmaBlock _input;
    private ProducerRing? _commands;
    private EventRing? _events;

    private enum State : byte
    {
        HandOff,
        Halting,
        Resetting,
        Running,
        Dead,
    }

    /// <summary>Reads what the controller is and takes memory for it. Nothing is changed.</summary>
    /// <returns>Why it cannot be used, for people to read; empty when it can.</returns>
    public string Prepare(DmaMemory memory)
    {
        uint length = _hardware.Length;
        if (length < MinCapabilityLength)
        {
            return "has too few registers";
        }

        uint parameters1 = _hardware.Read32(XhciRegister.StructuralParameters1);
        uint parameters2 = _hardware.Read32(XhciRegister.StructuralParameters2);
        uint capabilities = _hardware.Read32(XhciRegister.CapabilityParameters1);
        _operational = _hardware.Read32(XhciRegister.CapabilityLength) & 0xFF;
        _runtime = _hardware.Read32(XhciRegister.RuntimeOffset) & ~0x1Fu;
        _doorbells = _hardware.Read32(XhciRegister.DoorbellOffset) & ~3u;
        int ports = (int)(parameters1 >> 24);
        SlotCount = Math.Min((int)(parameters1 & 0xFF), MaxDevices);
        if (_operational < MinCapabilityLength || ports == 0 || SlotCount == 0
            || !Fits(_operational, XhciRegister.FirstPort + ((uint)ports * XhciRegister.PortStride))
            || !Fits(_runtime, XhciRegister.RuntimeEnd)
            || !Fits(_doorbells, ((uint)SlotCount + 1) * 4))
        {
            return "has registers that make no sense";
        }

        _contextSize = (capabilities & XhciRegister.CapabilityLargeContexts) != 0 ? 64 : 32;
        _hasPortPower = (capabilities & XhciRegister.CapabilityPortPower) != 0;
        _ports = new RootPort[ports];
        ReadExtendedCapabilities((capabilities >> 16) * 4);
        if (_protocolPorts == 0)
        {
            return "does not say what its ports are";
        }

        bool below4GiB = (capabilities & XhciRegister.Capability64BitAddresses) == 0;
        int scratchpads = (int)(((parameters2 >> 21) & 0x1F) << 5 | (parameters2 >> 27));
        return TryAllocate(memory, below4GiB, scratchpads) ? "" : "gets no memory";
    }

    /// <summary>Begins to take it over.</summary>
    public void Start(ulong now)
    {
        if (_legacy == 0)
        {
            Halt(now);
            return;
        }

        // xHCI 1.2, 4.22.1.
        _hardware.Write32(_legacy, _hardware.Read32(_legacy) | XhciRegister.LegacySystemOwned);
        Enter(State.HandOff, now, FirmwareLimit);
    }

    private bool Fits(uint offset, uint bytes) => offset <= _hardware.Length && bytes <= _hardware.Length - offset;

    private void ReadExtendedCapabilities(uint offset)
    {
        for (int i = 0; i < MaxExtendedCapabilities && offset != 0 && Fits(offset, 16); i++)
        {
            uint header = _hardware.Read32(offset);
            switch (header & 0xFF)
            {
                case XhciRegister.ExtendedLegacySupport:
                    _legacy = offset;
                    break;
                case XhciRegister.ExtendedProtocol:
                    ReadProtocol(offset, header);
                    break;
                default:
                    break;
            }

            uint next = ((header >> 8) & 0xFF) * 4;
            offset = next == 0 ? 0 : offset + next;
        }

        // Ports that no capability names are none.
        for (int i = 0; i < _ports.Length; i++)
        {
            _ports[i] ??= new RootPort(this, i + 1, new RootPortProtocol(false, 0));
        }
    }

    private void ReadProtocol(uint offset, uint header)
    {
        const uint Name = 0x20425355; // "USB "
        const int FirstSpeed = 4;
        uint range = _hardware.Read32(offset + 8);
        bool isUsb3 = header >> 24 >= 3;
        if (_hardware.Read32(offset + 4) != Name)
        {
            return;
        }

        var protocol = new RootPortProtocol(isUsb3, (int)(_hardware.Read32(offset + 12) & 0x1F));
        uint speeds = range >> 28;
        for (uint i = 0; i < speeds && Fits(offset, (FirstSpeed + i + 1) * 4); i++)
        {
            protocol.Define(_hardware.Read32(offset + ((FirstSpeed + i) * 4)));
        }

        int first = (int)(range & 0xFF);
        int count = (int)(range >> 8) & 0xFF;
        for (int number = first; number < first + count; number++)
        {
            if (number >= 1 && number <= _ports.Length && _ports[number - 1] == null)
            {
                _ports[number - 1] = new RootPort(this, number, protocol);
                _protocolPorts++;
            }
        }
    }

    private unsafe bool TryAllocate(DmaMemory memory, bool below4GiB, int scratchpads)
    {
        if (!memory.TryAllocate(PageBytes, PageBytes, below4GiB, out DmaBlock shared)
            || !memory.TryAllocate(EventRingBytes, PageBytes, below4GiB, out DmaBlock events)
            || !memory.TryAllocate(PageBytes, PageBytes, below4GiB, out _input)
            || !memory.TryAllocate(MaxDevices * UsbDevice.MemorySize, PageBytes, below4GiB, out DmaBlock devices))
        {
            return false;
        }

        _contextArray = shared.Slice(0, ContextArrayBytes);
        _events = new EventRing(events, shared.Slice(ContextArrayBytes, EventTableBytes));
        _commands = new ProducerRing(shared.Slice(ContextArrayBytes + EventTableBytes, CommandRingBytes));
        _slots = new UsbDevice?[SlotCount + 1];
        _devices = new UsbDevice[MaxDevices];
        for (int i = 0; i < MaxDevices; i++)
        {
            _devices[i] = new UsbDevice(this, devices.Slice(i * UsbDevice.MemorySize, UsbDevice.MemorySize));
        }

        if (scratchpads == 0)
        {
            return true;
        }

        // Memory that the controller keeps for itself, in its own page size (xHCI 1.2, 4.20).
        uint sizes = _hardware.Read32(_operational + XhciRegister.PageSize) & 0xFFFF;
        int shift = sizes == 0 ? 0 : BitOperations.TrailingZeroCount(sizes);
        int pageSize = PageBytes << Math.Min(shift, MaxPageShift);
        if (!memory.TryAllocate(scratchpads * sizeof(ulong), PageBytes, below4GiB, out _scratchpads))
        {
            return false;
        }

        for (int i = 0; i < scratchpads; i++)
        {
            if (!memory.TryAllocate(pageSize, pageSize, below4GiB, out DmaBlock page))
            {
                return false;
            }

            ((ulong*)_scratchpads.Pointer)[i] = page.Address;
        }

        return true;
    }

    private void Enter(State state, ulong now, ulong limit)
    {
        _state = state;
        _limit = now + limit;
        NextDeadline = now + StartupPollTime;
    }

    private void AdvanceStartup(ulong now)
    {
        NextDeadline = now + StartupPollTime;
        switch (_state)
        {
            case State.HandOff:
                // Firmware that does not let go is not asked again.
                if ((_hardware.Read32(_legacy) & XhciRegister.LegacyFirmwareOwned) == 0 || now >= _limit)
                {
                    uint control = _hardware.Read32(_legacy + XhciRegister.LegacyControl);
                    _hardware.Write32(_legacy + XhciRegister.LegacyControl, (control & ~XhciRegister.LegacyEnables) | XhciRegister.LegacyEvents);
                    Halt(now);
                }

                break;
            case State.Halting:
                if ((_hardware.Read32(_operational + XhciRegister.Status) & XhciRegister.StatusHalted) != 0 || now >= _limit)
                {
                    _hardware.Write32(_operational + XhciRegister.Command, XhciRegister.CommandReset);
                    Enter(State.Resetting, now, ResetLimit);
                }

                break;
            case State.Resetting:
                bool isBusy = (_hardware.Read32(_operational + XhciRegister.Command) & XhciRegister.CommandReset) != 0
                    || (_hardware.Read32(_operational + XhciRegister.Status) & XhciRegister.StatusNotReady) != 0;
                if (!isBusy)
                {
                    Run(now);
                }
                else if (now >= _limit)
                {
                    Die("does not come out of reset");
                }

                break;
            default:
                break;
        }
    }

    private void Halt(ulong now)
    {
        _hardware.Write32(_operational + XhciRegister.Command, 0);
        Enter(State.Halting, now, HaltLimit);
    }

    private unsafe void Run(ulong now)
    {
        _contextArray.Bytes.Clear();
        ((ulong*)_contextArray.Pointer)[0] = _scratchpads.Address;
        _commands!.Reset();
        _events!.Reset();
        _commandOwner = null;
        _addressZero = null;
        _hardware.EnableDma();
        _hardware.Write32(_operational + XhciRegister.Configure, (uint)SlotCount);
        Write64(_operational + XhciRegister.ContextArray, _contextArray.Address);
        Write64(_operational + XhciRegister.CommandRing, _commands.DequeuePointer);
        _hardware.Write32(_runtime + XhciRegister.EventTableSize, 1);
        Write64(_runtime + XhciRegister.EventDequeue, _events.DequeuePointer);

        // The table's address comes last: it starts the ring (xHCI 1.2, 4.9.4).
        Write64(_runtime + XhciRegister.EventTable, _events.TableAddress);
        _polls = !_hardware.HasInterrupt;
        _silentLooks = 0;
        _hardware.Write32(_runtime + XhciRegister.InterrupterModeration, InterruptInterval);
        _hardware.Write32(_runtime + XhciRegister.InterrupterManagement, XhciRegister.InterruptPending | (_polls ? 0 : XhciRegister.InterruptEnable));
        _hardware.Write32(_operational + XhciRegister.Command, XhciRegister.CommandRun | (_polls ? 0 : XhciRegister.CommandInterrupts));
        for (int i = 0; i < _ports.Length; i++)
        {
            if (_hasPortPower)
            {
                _ports[i].PowerOn();
            }

            _ports[i].Touch();
        }

        _state = State.Running;
        _tickDue = now + TickTime;
        NextDeadline = now;
        if (_restarts == 0)
        {
            LogStarted();
        }
    }

    private void LogStarted()
    {
        uint version = _hardware.Read32(XhciRegister.CapabilityLength) >> 16;
        Span<char> buffer = stackalloc char[80];
        string signal = _polls ? "polled" : "interrupts";
        Log.Write(LogLevel.Info, TextBuilder.Format(buffer, $"usb: controller {_number}: xHCI {version >> 8:x}.{(version >> 4) & 0xF:x}, {_ports.Length} ports, {signal}"));
    }

    // Everything is unplugged as far as anybody can see, and found again if the controller comes back.
    private void Restart(string reason, ulong now)
    {
        if (_restarts++ == MaxRestarts)
        {
            Die(reason);
            return;
        }

        LogEvent(LogLevel.Warning, reason, "; reset");
        Drop();
        Halt(now);
    }

    private void Die(string reason)
    {
        LogEvent(LogLevel.Error, reason, "; given up");
        Drop();
        _state = State.Dead;
        NextDeadline = Time.VirtualTimer.Never;
    }

    private void Drop()
    {
        for (int i = 0; i < _ports.Length; i++)
        {
            _ports[i].Drop();
        }

        for (int i = 0; i < _devices.Length; i++)
        {
            _devices[i].Forget();
        }

        _commandOwner = null;
    }

    private void Write64(uint offset, ulong value)
    {
        _hardware.Write32(offset, (uint)value);
        _hardware.Write32(offset + 4, (uint)(value >> 32));
    }
}
