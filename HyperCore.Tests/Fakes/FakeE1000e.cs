using System;
using System.Collections.Generic;
using HyperCore.Core.Network;

namespace HyperCore.Tests.Fakes;

/// <summary>As much of Intel's 82574 as its driver uses, written from the datasheet: reset, filters, both rings, causes of interrupts.</summary>
internal sealed class FakeE1000e(FakeDmaMemory memory, bool hasInterrupt = true) : NetworkHardware
{
    private const int Size = 16;

    private readonly Dictionary<uint, uint> _registers = new()
    {
        [0x5400] = 0x12_0054_52, // RAL0, RAH0: 52:54:00:12:34:56
        [0x5404] = 0x8000_5634,
        [0x5008] = 1 << 15,
    };

    private uint _interrupts;
    private uint _causes;
    private uint _mask;

    /// <summary>What was sent, in order.</summary>
    public List<byte[]> Sent { get; } = [];

    public int Resets { get; private set; }

    public bool IsDmaEnabled { get; private set; }

    /// <summary>Never says that it has stopped its requests, or that its reset is over.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Nothing answers any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Descriptors that were sent are not given back.</summary>
    public bool HoldsTransmit { get; set; }

    public bool IsLinkUp { get; set; } = true;

    public override uint InterruptCount => hasInterrupt ? _interrupts : 0;

    public override bool HasInterrupt => hasInterrupt;

    private uint ReceiveControl => this[0x100];

    private uint this[uint register]
    {
        get => _registers.GetValueOrDefault(register);
        set => _registers[register] = value;
    }

    public override byte Read8(int bar, uint offset) => throw new InvalidOperationException("registers are 32 bits wide");

    public override ushort Read16(int bar, uint offset) => throw new InvalidOperationException("registers are 32 bits wide");

    public override void Write8(int bar, uint offset, byte value) => throw new InvalidOperationException("registers are 32 bits wide");

    public override void Write16(int bar, uint offset, ushort value) => throw new InvalidOperationException("registers are 32 bits wide");

    public override uint Read32(int bar, uint offset)
    {
        if (IsGone)
        {
            return uint.MaxValue;
        }

        switch (offset)
        {
            case 0x08: // status: full duplex, link, 1000 Mb/s, requests
                return 1 | (IsLinkUp ? 2u : 0) | (2 << 6) | (IsStuck || (this[0] & 4) == 0 ? 1u << 19 : 0);
            case 0x10:
                return IsStuck ? 0 : 1u << 9;
            case 0xC0:
                uint causes = _causes;
                _causes = 0;
                return causes;
            default:
                return this[offset];
        }
    }

    public override void Write32(int bar, uint offset, uint value)
    {
        switch (offset)
        {
            case 0x00 when (value & (1u << 26)) != 0:
                Reset();
                break;
            case 0xD0:
                _mask |= value;
                Signal(0);
                break;
            case 0xD8:
                _mask &= ~value;
                break;
            case 0x3818:
                this[offset] = value;
                Transmit();
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    public override void EnableDma() => IsDmaEnabled = true;

    /// <summary>A frame comes in from the network.</summary>
    /// <returns>The driver was given it.</returns>
    public bool Receive(byte[] frame, byte errors = 0)
    {
        bool wanted = (frame[0] & 1) != 0 ? (ReceiveControl & ((1 << 4) | (1 << 15))) != 0 : Matches(frame);
        uint head = this[0x2810];
        if ((ReceiveControl & 2) == 0 || !wanted)
        {
            return false;
        }

        if (!IsDmaEnabled || (this[0x5008] & (1 << 15)) != 0)
        {
            throw new InvalidOperationException("the driver has not set reception up as it wants to use it");
        }

        if (head == this[0x2818])
        {
            Signal(1 << 6);
            return false;
        }

        ulong descriptor = Ring(0x2800) + (head * Size);
        frame.CopyTo(memory.At(memory.Read64(descriptor), frame.Length));
        memory.Write64(descriptor + 8, (uint)frame.Length | (3ul << 32) | ((ulong)errors << 40));
        this[0x2810] = (head + 1) % (this[0x2808] / Size);
        Signal(1 << 7);
        return true;
    }

    /// <summary>Gives the descriptors back that were held.</summary>
    public void ReleaseTransmit()
    {
        HoldsTransmit = false;
        for (uint i = 0; i < this[0x3808] / Size; i++)
        {
            ulong descriptor = Ring(0x3800) + (i * Size);
            memory.Write32(descriptor + 12, memory.Read32(descriptor + 12) | 1);
        }
    }

    private ulong Ring(uint register) => this[register] | ((ulong)this[register + 4] << 32);

    private bool Matches(byte[] frame)
    {
        for (uint i = 0; i < 16; i++)
        {
            uint low = this[0x5400 + (8 * i)];
            uint high = this[0x5404 + (8 * i)];
            byte[] address = [.. BitConverter.GetBytes(low), .. BitConverter.GetBytes((ushort)high)];
            if ((high & 0x8000_0000) != 0 && frame.AsSpan(0, 6).SequenceEqual(address))
            {
                return true;
            }
        }

        return false;
    }

    private void Transmit()
    {
        if (this[0x3810] != this[0x3818] && ((this[0x400] & 2) == 0 || !IsDmaEnabled))
        {
            throw new InvalidOperationException("transmission is not enabled");
        }

        uint count = this[0x3808] / Size;
        while (this[0x3810] != this[0x3818])
        {
            ulong descriptor = Ring(0x3800) + (this[0x3810] * Size);
            ulong rest = memory.Read64(descriptor + 8);
            if ((rest >> 24 & 0xFF) != 0x0B)
            {
                throw new InvalidOperationException("the command is not one packet, with checksum and status");
            }

            Sent.Add(memory.At(memory.Read64(descriptor), (ushort)rest).ToArray());
            memory.Write32(descriptor + 12, HoldsTransmit ? 0u : 1);
            this[0x3810] = (this[0x3810] + 1) % count;
        }
    }

    private void Signal(uint cause)
    {
        _causes |= cause;
        if ((_causes & _mask) != 0)
        {
            _interrupts++;
        }
    }

    private void Reset()
    {
        Resets++;
        IsDmaEnabled = false;
        _mask = 0;
        _causes = 0;
        this[0] = IsStuck ? 1u << 26 : 0;
        this[0x100] = 0;
        this[0x400] = 0;
    }
}
