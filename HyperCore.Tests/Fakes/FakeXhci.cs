using System;
using System.Collections.Generic;
using HyperCore.Core.Usb;

namespace HyperCore.Tests.Fakes;

/// <summary>
/// A controller written from the specification's side: registers, contexts, command and transfer rings, ports. Everything happens at once, in the
/// register write that asks for it. What a driver must not do is collected in <see cref="Violations"/>.
/// </summary>
internal sealed partial class FakeXhci : XhciHardware
{
    private const uint Operational = 0x40;
    private const uint Runtime = 0x1000;
    private const uint Doorbells = 0x2000;
    private const uint Extended = 0x800;
    private const uint Usb2Ports = 4;

    private readonly Queue<Action> _later = new();
    private uint _command;
    private uint _status = 1;
    private uint _interrupts;
    private uint _legacy = 1 | (4 << 8) | (1 << 16);
    private uint _legacyControl = 0xE001_E011;
    private uint _configure;
    private uint _erstSize;
    private ulong _contextArray;
    private ulong _eventTable;
    private ulong _eventRing;
    private ulong _eventDequeue;
    private ulong _commandRing;
    private uint _commandCycle;
    private uint _eventCount;
    private int _eventIndex;
    private uint _eventCycle;

    public FakeXhci(FakeDmaMemory memory, int ports = 6)
    {
        Memory = memory;
        Ports = new FakePort[ports];
        for (int i = 0; i < ports; i++)
        {
            Ports[i] = new FakePort(this, i + 1, i >= Usb2Ports);
        }
    }

    public FakeDmaMemory Memory { get; }

    /// <summary>1 to 4 are USB 2, the others USB 3; index 0 is port 1.</summary>
    public FakePort[] Ports { get; }

    public List<string> Violations { get; } = [];

    public bool LargeContexts { get; init; }

    public bool Only32Bit { get; init; }

    public bool PortPowerControl { get; init; }

    public int Scratchpads { get; init; }

    public bool FirmwareHolds { get; init; }

    public bool FirmwareNeverLetsGo { get; init; }

    /// <summary>Interrupts are sent.</summary>
    public bool Interrupts { get; set; } = true;

    /// <summary>Commands that are not answered.</summary>
    public Func<int, bool>? Swallows { get; set; }

    /// <summary>All registers read as ones.</summary>
    public bool IsGone { get; set; }

    /// <summary>HCRST is never done.</summary>
    public bool ResetHangs { get; set; }

    public bool DmaEnabled { get; private set; }

    public int Resets { get; private set; }

    public bool IsRunning => (_command & 1) != 0;

    public uint LegacyControl => _legacyControl;

    public bool OwnedBySystem => (_legacy & (1 << 24)) != 0 && (_legacy & (1 << 16)) == 0;

    public int MmioAccesses { get; private set; }

    public override uint Length => 0x4000;

    public override uint InterruptCount => _interrupts;

    public override bool HasInterrupt => Interrupts;

    public override void EnableDma() => DmaEnabled = true;

    /// <summary>Happens when the driver's call is done.</summary>
    public void Later(Action action) => _later.Enqueue(action);

    public void RunLater()
    {
        while (_later.TryDequeue(out Action? action))
        {
            action();
        }
    }

    /// <summary>HSE: the controller stops.</summary>
    public void FailHost()
    {
        _status |= 1 << 2;
        _command &= ~1u;
    }

    public override uint Read32(uint offset)
    {
        MmioAccesses++;
        if (IsGone)
        {
            return uint.MaxValue;
        }

        return offset switch
        {
            0x00 => Operational | (0x0110u << 16),
            0x04 => 16 | (1 << 8) | ((uint)Ports.Length << 24),
            0x08 => ((uint)(Scratchpads & 0x1F) << 27) | ((uint)(Scratchpads >> 5) << 21),
            0x10 => (Only32Bit ? 0u : 1) | (LargeContexts ? 4u : 0) | (PortPowerControl ? 8u : 0) | ((Extended / 4) << 16),
            0x14 => Doorbells,
            0x18 => Runtime,
            Operational => _command,
            Operational + 4 => (_status & ~1u) | (IsRunning ? 0u : 1),
            Operational + 8 => 1,
            Operational + 0x38 => _configure,
            Runtime + 0x20 => 2,
            Extended => FirmwareHolds ? _legacy : 2 | (4 << 8) | (2u << 24),
            Extended + 4 when FirmwareHolds => _legacyControl,
            Extended + 4 or Extended + 0x14 or Extended + 0x24 => 0x20425355,
            Extended + 8 when !FirmwareHolds => 1 | (Usb2Ports << 8),
            Extended + 0x10 => FirmwareHolds ? 2 | (4 << 8) | (2u << 24) : 2 | (3u << 24),
            Extended + 0x18 => FirmwareHolds ? 1 | (Usb2Ports << 8) : (Usb2Ports + 1) | ((uint)(Ports.Length - Usb2Ports) << 8),
            Extended + 0x20 when FirmwareHolds => 2 | (3u << 24),
            Extended + 0x28 when FirmwareHolds => (Usb2Ports + 1) | ((uint)(Ports.Length - Usb2Ports) << 8),
            _ when PortAt(offset) is { } port => port.Status,
            _ => 0,
        };
    }

    public override void Write32(uint offset, uint value)
    {
        MmioAccesses++;
        if (IsGone)
        {
            return;
        }

        if (offset >= Doorbells)
        {
            Ring((int)(offset - Doorbells) / 4, (int)value & 0xFF);
            return;
        }

        if (PortAt(offset) is { } port)
        {
            port.Write(value);
            return;
        }

        switch (offset)
        {
            case Operational:
                Command(value);
                break;
            case Operational + 0x18:
                _commandRing = (_commandRing & ~0xFFFF_FFFFul) | (value & ~0x3Fu);
                _commandCycle = value & 1;
                break;
            case Operational + 0x1C:
                _commandRing = (_commandRing & 0xFFFF_FFFF) | ((ulong)value << 32);
                break;
            case Operational + 0x30 or Operational + 0x34:
                Half(ref _contextArray, offset, value);
                break;
            case Operational + 0x38:
                _configure = value;
                break;
            case Runtime + 0x28:
                _erstSize = value;
                break;
            case Runtime + 0x30:
                Half(ref _eventTable, offset, value);
                break;
            case Runtime + 0x34:
                Half(ref _eventTable, offset, value);
                OpenEvents();
                break;
            case Runtime + 0x38 or Runtime + 0x3C:
                Half(ref _eventDequeue, offset, value);
                break;
            case Extended when FirmwareHolds:
                _legacy |= value & (1 << 24);
                if (!FirmwareNeverLetsGo)
                {
                    Later(() => _legacy &= ~(1u << 16));
                }

                break;
            case Extended + 4 when FirmwareHolds:
                _legacyControl = (value & 0x1FFF_FFFF) | (_legacyControl & ~value & 0xE000_0000);
                break;
            default:
                break;
        }
    }

    /// <summary>Puts an event into the ring.</summary>
    public void AddEvent(ulong parameter, uint status, uint control)
    {
        if (!IsRunning || _eventCount == 0)
        {
            return;
        }

        ulong at = _eventRing + ((ulong)_eventIndex * 16);
        Memory.Write64(at, parameter);
        Memory.Write32(at + 8, status);
        Memory.Write32(at + 12, (control & ~1u) | _eventCycle);
        if (++_eventIndex == _eventCount)
        {
            _eventIndex = 0;
            _eventCycle ^= 1;
        }

        if (Interrupts)
        {
            _interrupts++;
        }
    }

    private static void Half(ref ulong register, uint offset, uint value) =>
        register = (offset & 4) == 0 ? (register & ~0xFFFF_FFFFul) | value : (register & 0xFFFF_FFFF) | ((ulong)value << 32);

    private FakePort? PortAt(uint offset)
    {
        long index = ((long)offset - (Operational + 0x400)) / 16;
        return offset >= Operational + 0x400 && offset % 16 == 0 && index < Ports.Length ? Ports[index] : null;
    }

    private void Command(uint value)
    {
        if ((value & 2) != 0)
        {
            Resets++;
            if (IsRunning)
            {
                Violations.Add("reset while running");
            }

            _command = ResetHangs ? 2u : 0;
            _status = 1;
            _eventCount = 0;
            Array.Clear(_slots);
            foreach (FakePort port in Ports)
            {
                port.ControllerReset();
            }

            return;
        }

        bool starts = (value & 1) != 0 && !IsRunning;
        _command = value & 0xD;
        if (starts)
        {
            if (!DmaEnabled || _configure == 0 || _contextArray == 0 || _eventCount == 0)
            {
                Violations.Add("started before everything was set up");
            }

            if (Scratchpads != 0)
            {
                ulong array = Memory.Read64(_contextArray);
                for (int i = 0; i < Scratchpads; i++)
                {
                    Memory.At(Memory.Read64(array + ((ulong)i * 8)), 4096).Fill(0xEE);
                }
            }
        }
    }

    private void OpenEvents()
    {
        if (_erstSize != 1)
        {
            Violations.Add("the event ring has no size");
        }

        _eventRing = Memory.Read64(_eventTable);
        _eventCount = Memory.Read32(_eventTable + 8) & 0xFFFF;
        _eventIndex = 0;
        _eventCycle = 1;
        if ((_eventDequeue & ~0xFul) != _eventRing)
        {
            Violations.Add("the event ring's dequeue pointer is not its start");
        }
    }
}
