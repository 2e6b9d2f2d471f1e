using System;
using System.Collections.Generic;
using HyperCore.Core.Network;
using HyperCore.Core.Pci;

namespace HyperCore.Tests.Fakes;

/// <summary>A virtio network card with the modern interface, written from virtio 1.2, 4.1 and 5.1: structures in two base address registers, split rings.</summary>
internal sealed class FakeVirtioCard : NetworkHardware
{
    private const int NotifyBar = 2;
    private const int RegisterBar = 4;
    private const uint DeviceOffset = 0x2000;
    private const uint NotifyOffset = 0x100;
    private const uint Multiplier = 4;

    private readonly FakeDmaMemory _memory;
    private readonly ulong _offered;
    private readonly Queue[] _queues = [new(), new(), new()];
    private ulong _accepted;
    private uint _offeredSelect;
    private uint _acceptedSelect;
    private int _select;
    private byte _status = 0xF;
    private uint _interrupts;

    public FakeVirtioCard(FakeDmaMemory memory, ulong offered = (1ul << 32) | (1 << 5) | (1 << 16) | (1 << 17) | (1 << 18) | (1 << 15) | 3)
    {
        _memory = memory;
        _offered = offered;
    }

    public List<byte[]> Sent { get; } = [];

    public List<byte[]> Commands { get; } = [];

    public bool IsDmaEnabled { get; private set; }

    public bool RefusesFeatures { get; set; }

    public bool IsStuck { get; set; }

    public bool HoldsTransmit { get; set; }

    public bool IsLinkUp { get; set; } = true;

    public ushort QueueSize { get; set; } = 256;

    /// <summary>What is said to be the length of a received frame, when it is not its length.</summary>
    public uint? WrongLength { get; set; }

    public ulong Accepted => _accepted;

    public byte Status
    {
        get => _status;
        set => _status = value;
    }

    public override uint InterruptCount => _interrupts;

    public override bool HasInterrupt => true;

    /// <summary>A function with the capabilities of this card, behind one that cannot be used.</summary>
    public static HostPciFunction Describe(FakePciSpace space)
    {
        byte[] bytes = space.Add(0, 3, 0, 0x1041_1AF4, 0x020000);
        bytes[6] = 0x10;
        bytes[0x34] = 0x40;
        space.SetBar(0, 3, NotifyBar, 0xFE00_0000, 0xFFFF_F000);
        space.SetBar(0, 3, RegisterBar, 0xFE10_0000, 0xFFFF_C000);
        Add(0x40, 0x54, 1, 5, 0, 0x38); // a register that is not there
        Add(0x54, 0x68, 1, RegisterBar, 0, 0x38);
        Add(0x68, 0x80, 2, NotifyBar, NotifyOffset, 0x40);
        BitConverter.TryWriteBytes(bytes.AsSpan(0x68 + 16), Multiplier);
        Add(0x80, 0x94, 3, RegisterBar, 0x1000, 4);
        Add(0x94, 0xA8, 4, RegisterBar, DeviceOffset, 0x10);
        bytes[0xA8] = 0x11;
        return new HostPciFunction(space, new PciAddress(0, 0, 3, 0));

        void Add(int at, byte next, byte type, byte bar, uint offset, uint length)
        {
            bytes[at] = 9;
            bytes[at + 1] = next;
            bytes[at + 2] = 16;
            bytes[at + 3] = type;
            bytes[at + 4] = bar;
            BitConverter.TryWriteBytes(bytes.AsSpan(at + 8), offset);
            BitConverter.TryWriteBytes(bytes.AsSpan(at + 12), length);
        }
    }

    public override void EnableDma() => IsDmaEnabled = true;

    public override byte Read8(int bar, uint offset)
    {
        byte[] address = [0x52, 0x54, 0, 0x12, 0x34, 0x56];
        return offset switch
        {
            >= DeviceOffset and < DeviceOffset + 6 => address[offset - DeviceOffset],
            20 => _status,
            _ => throw new InvalidOperationException($"no byte at {offset:x}"),
        };
    }

    public override ushort Read16(int bar, uint offset) => offset switch
    {
        24 => _select < _queues.Length ? QueueSize : (ushort)0,
        30 => (ushort)_select,
        DeviceOffset + 6 => IsLinkUp ? (ushort)1 : (ushort)0,
        _ => throw new InvalidOperationException($"no word at {offset:x}"),
    };

    public override uint Read32(int bar, uint offset) => offset == 4
        ? (uint)(_offered >> (int)(32 * _offeredSelect))
        : throw new InvalidOperationException($"no register at {offset:x}");

    public override void Write8(int bar, uint offset, byte value)
    {
        if (value == 0)
        {
            _status = IsStuck ? _status : (byte)0;
            _accepted = 0;
            Array.ForEach(_queues, queue => queue.Clear());
        }
        else
        {
            bool good = (_accepted & ~_offered) == 0 && !RefusesFeatures;
            _status = (byte)(good ? value : value & ~8);
        }
    }

    public override void Write16(int bar, uint offset, ushort value)
    {
        if (bar == NotifyBar)
        {
            if (offset != NotifyOffset + (value * Multiplier))
            {
                throw new InvalidOperationException("notified at the wrong place");
            }

            Serve(value);
            return;
        }

        switch (offset)
        {
            case 22:
                _select = value;
                break;
            case 24:
                _queues[_select].Size = value;
                break;
            case 26:
                _queues[_select].Vector = value;
                break;
            case 28:
                _queues[_select].IsEnabled = true;
                break;
            default:
                throw new InvalidOperationException($"no word at {offset:x}");
        }
    }

    public override void Write32(int bar, uint offset, uint value)
    {
        switch (offset)
        {
            case 0:
                _offeredSelect = value;
                break;
            case 8:
                _acceptedSelect = value;
                break;
            case 12:
                _accepted |= (ulong)value << (int)(32 * _acceptedSelect);
                break;
            case >= 32 and < 56:
                ulong[] areas = _queues[_select].Areas;
                int shift = (int)(offset & 4) * 8;
                areas[(offset - 32) / 8] |= (ulong)value << shift;
                break;
            default:
                throw new InvalidOperationException($"no register at {offset:x}");
        }
    }

    /// <summary>A frame comes in from the network.</summary>
    /// <returns>The driver was given it.</returns>
    public bool Receive(byte[] frame)
    {
        Queue queue = _queues[0];
        if (_status != 0xF || !queue.IsEnabled || !TryTake(queue, out ushort head))
        {
            return false;
        }

        (ulong address, uint length, ushort flags, _) = Descriptor(queue, head);
        if (flags != 2 || length < frame.Length + 12)
        {
            throw new InvalidOperationException("not a buffer for a frame");
        }

        byte[] header = new byte[12];
        header[10] = 1;
        header.CopyTo(_memory.At(address, 12));
        frame.CopyTo(_memory.At(address + 12, frame.Length));
        Put(queue, head, WrongLength ?? (uint)frame.Length + 12);
        if ((_memory.Read32(queue.Areas[1]) & 1) == 0 && queue.Vector == 0)
        {
            _interrupts++;
        }

        return true;
    }

    /// <summary>Gives the buffers back that were held, the last one first.</summary>
    public void ReleaseTransmit()
    {
        HoldsTransmit = false;
        while (_queues[1].Held.TryPop(out ushort head))
        {
            Put(_queues[1], head, 0);
        }
    }

    private void Serve(int index)
    {
        Queue queue = _queues[index];
        while (IsDmaEnabled && index > 0 && TryTake(queue, out ushort head))
        {
            (ulong address, uint length, ushort flags, ushort next) = Descriptor(queue, head);
            if (index == 1)
            {
                Sent.Add(_memory.At(address + 12, (int)length - 12).ToArray());
                if (HoldsTransmit)
                {
                    queue.Held.Push(head);
                    continue;
                }
            }
            else
            {
                (ulong data, _, ushort dataFlags, ushort answer) = Descriptor(queue, next);
                Commands.Add([.. _memory.At(address, 2), .. _memory.At(data, 1)]);
                if ((flags & dataFlags & 1) == 0 || Descriptor(queue, answer).Flags != 2)
                {
                    throw new InvalidOperationException("not a command");
                }
            }

            Put(queue, head, 0);
        }
    }

    private bool TryTake(Queue queue, out ushort head)
    {
        head = 0;
        var index = (ushort)(_memory.Read32(queue.Areas[1]) >> 16);
        if (index == queue.Taken)
        {
            return false;
        }

        head = BitConverter.ToUInt16(_memory.At(queue.Areas[1] + 4 + (2 * (ulong)(queue.Taken++ % queue.Size)), 2));
        return true;
    }

    private void Put(Queue queue, ushort head, uint length)
    {
        ulong element = queue.Areas[2] + 4 + (8 * (ulong)(queue.Used++ % queue.Size));
        _memory.Write32(element, head);
        _memory.Write32(element + 4, length);
        _memory.Write32(queue.Areas[2], (uint)queue.Used << 16);
    }

    private (ulong Address, uint Length, ushort Flags, ushort Next) Descriptor(Queue queue, ushort index)
    {
        ulong at = queue.Areas[0] + (16 * (ulong)index);
        uint rest = _memory.Read32(at + 12);
        return (_memory.Read64(at), _memory.Read32(at + 8), (ushort)rest, (ushort)(rest >> 16));
    }

    private sealed class Queue
    {
        public ulong[] Areas { get; } = new ulong[3];

        public Stack<ushort> Held { get; } = new();

        public int Size { get; set; }

        public ushort Vector { get; set; }

        public bool IsEnabled { get; set; }

        public ushort Taken { get; set; }

        public ushort Used { get; set; }

        public void Clear()
        {
            Array.Clear(Areas);
            Held.Clear();
            IsEnabled = false;
            Taken = 0;
            Used = 0;
        }
    }
}
