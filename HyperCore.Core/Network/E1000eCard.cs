using System;
using System.Threading;
using HyperCore.Core.Time;
using HyperCore.Core.Usb;

namespace HyperCore.Core.Network;

/// <summary>
/// The driver of Intel's 82574 and 82583: one ring each way with legacy descriptors (82574 Family Datasheet, 7.1.4 and 7.2.10). The physical layer
/// negotiates speed by itself after a reset.
/// </summary>
public sealed unsafe class E1000eCard : NetworkCard
{
    /// <summary>Bytes of registers that have to be mapped.</summary>
    public const uint RegisterBytes = E1000eRegister.Length;

    private const int Bar = 0;
    private const int ReceiveCount = 256;
    private const int TransmitCount = 128;
    private const int DescriptorSize = 16;
    private const int PageSize = 4096;

    // A descriptor: address, length, then where a received frame's status and errors are, and where the command of one to be sent is.
    private const int LengthOffset = 8;
    private const int CommandOffset = 11;
    private const int StatusOffset = 12;
    private const int ErrorsOffset = 13;
    private const byte Done = 1 << 0;
    private const byte EndOfPacket = 1 << 1;
    private const byte CommandEndOfPacket = 1 << 0;
    private const byte CommandInsertChecksum = 1 << 1;
    private const byte CommandReportStatus = 1 << 3;

    private const ulong Millisecond = 1_000_000;
    private const ulong QuiesceTime = 80 * Millisecond;

    // The EEPROM is read and the physical layer set up from it meanwhile (4.6.1); then the first may say that it is not done yet.
    private const ulong ResetTime = 25 * Millisecond;
    private const ulong LongestReset = 500 * Millisecond;
    private const ulong LinkPeriod = 200 * Millisecond;

    // In units of 256 ns: 20 000 interrupts a second at most.
    private const uint Throttling = 195;

    private const uint Causes = E1000eRegister.Received | E1000eRegister.ReceiveOverrun | E1000eRegister.FewReceiveDescriptors | E1000eRegister.LinkChanged;

    private readonly NetworkHardware _hardware;
    private readonly DmaBlock _receiveRing;
    private readonly DmaBlock _transmitRing;
    private readonly DmaBlock _receiveBuffers;
    private readonly DmaBlock _transmitBuffers;
    private readonly MacAddress[] _filter = new MacAddress[E1000eRegister.ReceiveAddresses];
    private int _filterCount;
    private Step _step;
    private ulong _stepAt;
    private ulong _stepLimit;
    private uint _interruptsSeen;
    private bool _interruptsOn;
    private int _receiveNext;
    private int _receiveGiven;
    private int _transmitNext;
    private int _transmitClean;
    private int _transmitTail;

    /// <summary>Creates the driver; the card is not touched but for reading its address.</summary>
    /// <param name="hardware">The card, whose first base address register is mapped.</param>
    /// <param name="name">What it is, for people.</param>
    /// <param name="memory">Where memory for rings and buffers is taken from.</param>
    public E1000eCard(NetworkHardware hardware, string name, DmaMemory memory)
    {
        _hardware = hardware;
        Name = name;
        bool hasMemory = memory.TryAllocate(PageSize, PageSize, below4GiB: false, out _receiveRing)
            && memory.TryAllocate(PageSize, PageSize, below4GiB: false, out _transmitRing)
            && memory.TryAllocate(ReceiveCount * BufferSize, PageSize, below4GiB: false, out _receiveBuffers)
            && memory.TryAllocate(TransmitCount * BufferSize, PageSize, below4GiB: false, out _transmitBuffers);
        if (!hasMemory)
        {
            Problem = "there is no memory for its buffers";
            return;
        }

        // From the EEPROM, unless the firmware has set another one (10.2.5.16).
        uint low = Read(E1000eRegister.ReceiveAddressLow);
        uint high = Read(E1000eRegister.ReceiveAddressHigh);
        Span<byte> bytes = [(byte)low, (byte)(low >> 8), (byte)(low >> 16), (byte)(low >> 24), (byte)high, (byte)(high >> 8)];
        Address = MacAddress.Read(bytes);
        if (low == uint.MaxValue && high == uint.MaxValue)
        {
            Problem = "does not answer";
        }
    }

    private enum Step
    {
        Off,
        Quiesce,
        Reset,
        Running,
        Failed,
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool IsRunning => _step == Step.Running;

    /// <inheritdoc/>
    public override uint InterruptCount => _hardware.InterruptCount;

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<MacAddress> filter, ulong now)
    {
        if (Problem != null)
        {
            return;
        }

        _filterCount = Math.Min(filter.Length, _filter.Length);
        filter.Slice(0, _filterCount).CopyTo(_filter);
        Write(E1000eRegister.InterruptMaskClear, uint.MaxValue);
        Write(E1000eRegister.ReceiveControl, 0);
        Write(E1000eRegister.TransmitControl, E1000eRegister.PadShort);

        // No request to memory may be under way when it is reset (5.2.5.1).
        Write(E1000eRegister.Control, Read(E1000eRegister.Control) | E1000eRegister.MasterDisable);
        _step = Step.Quiesce;
        _stepAt = now;
        _stepLimit = now + QuiesceTime;
    }

    /// <inheritdoc/>
    public override ulong Poll(ulong now)
    {
        if (_step is Step.Off or Step.Failed)
        {
            return VirtualTimer.Never;
        }

        if (_step == Step.Running)
        {
            return PollRunning(now);
        }

        if (now >= _stepAt)
        {
            _stepAt = now + Millisecond;
            if (_step == Step.Quiesce)
            {
                Quiesce(now);
            }
            else
            {
                FinishReset(now);
            }
        }

        return _step == Step.Failed ? VirtualTimer.Never : _stepAt;
    }

    /// <inheritdoc/>
    public override bool TryReceive(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        while (IsRunning)
        {
            byte* descriptor = _receiveRing.Pointer + (_receiveNext * DescriptorSize);
            byte status = Volatile.Read(ref descriptor[StatusOffset]);
            if ((status & Done) == 0)
            {
                return false;
            }

            int length = *(ushort*)(descriptor + LengthOffset);
            if ((status & EndOfPacket) != 0 && descriptor[ErrorsOffset] == 0 && length <= BufferSize)
            {
                frame = new ReadOnlySpan<byte>(_receiveBuffers.Pointer + (_receiveNext * BufferSize), length);
                return true;
            }

            // Longer than a buffer is longer than a network allows: each of its pieces is one too many.
            Damaged++;
            FinishReceive();
        }

        return false;
    }

    /// <inheritdoc/>
    public override void FinishReceive()
    {
        OfferReceive(_receiveNext);
        _receiveNext = (_receiveNext + 1) % ReceiveCount;
    }

    /// <inheritdoc/>
    public override bool TrySend(ReadOnlySpan<byte> frame)
    {
        // One descriptor stays unused, because head and tail are equal when the ring is empty (7.2.9).
        int next = (_transmitNext + 1) % TransmitCount;
        if (!IsRunning || frame.Length > BufferSize || (next == _transmitClean && !TryClean()))
        {
            return false;
        }

        byte* buffer = _transmitBuffers.Pointer + (_transmitNext * BufferSize);
        int length = Math.Max(frame.Length, EthernetFrame.MinWireSize);
        frame.CopyTo(new Span<byte>(buffer, frame.Length));
        new Span<byte>(buffer + frame.Length, length - frame.Length).Clear();
        byte* descriptor = _transmitRing.Pointer + (_transmitNext * DescriptorSize);
        *(ulong*)descriptor = _transmitBuffers.Address + (ulong)(_transmitNext * BufferSize);
        *(ulong*)(descriptor + LengthOffset) = (ushort)length
            | ((ulong)(CommandEndOfPacket | CommandInsertChecksum | CommandReportStatus) << (8 * (CommandOffset - LengthOffset)));
        _transmitNext = next;
        return true;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (!IsRunning)
        {
            return;
        }

        // Writes to memory are seen before the register that tells of them.
        Interlocked.MemoryBarrier();
        if (_transmitTail != _transmitNext)
        {
            _transmitTail = _transmitNext;
            Write(E1000eRegister.TransmitTail, (uint)_transmitNext);
        }

        int given = (_receiveNext + ReceiveCount - 1) % ReceiveCount;
        if (_receiveGiven != given)
        {
            _receiveGiven = given;
            Write(E1000eRegister.ReceiveTail, (uint)given);
        }
    }

    /// <inheritdoc/>
    public override void SetInterrupts(bool enabled)
    {
        if (IsRunning && _interruptsOn != enabled)
        {
            _interruptsOn = enabled;
            Write(enabled ? E1000eRegister.InterruptMaskSet : E1000eRegister.InterruptMaskClear, Causes);
        }
    }

    private uint Read(uint register) => _hardware.Read32(Bar, register);

    private void Write(uint register, uint value) => _hardware.Write32(Bar, register, value);

    private void Quiesce(ulong now)
    {
        if ((Read(E1000eRegister.Status) & E1000eRegister.MasterEnabled) != 0 && now < _stepLimit)
        {
            return;
        }

        Write(E1000eRegister.Control, Read(E1000eRegister.Control) | E1000eRegister.Reset);
        _step = Step.Reset;
        _stepAt = now + ResetTime;
        _stepLimit = now + LongestReset;
    }

    private void FinishReset(ulong now)
    {
        bool isDone = (Read(E1000eRegister.Control) & E1000eRegister.Reset) == 0
            && (Read(E1000eRegister.EepromControl) & E1000eRegister.AutoReadDone) != 0;
        if (isDone && Read(E1000eRegister.Status) != uint.MaxValue)
        {
            SetUp(now);
        }
        else if (now >= _stepLimit)
        {
            Fail("does not come out of its reset");
        }
    }

    // 4.6: initialization.
    private void SetUp(ulong now)
    {
        Write(E1000eRegister.InterruptMaskClear, uint.MaxValue);
        _ = Read(E1000eRegister.InterruptCause);
        Write(E1000eRegister.PcieControl, Read(E1000eRegister.PcieControl) | E1000eRegister.CompletionWorkaround);
        Write(E1000eRegister.PcieControl2, Read(E1000eRegister.PcieControl2) | 1);
        uint control = Read(E1000eRegister.Control) & ~(E1000eRegister.ForceSpeedAndDuplex | E1000eRegister.MasterDisable);
        Write(E1000eRegister.Control, control | E1000eRegister.SetLinkUp);
        SetFilter();
        _hardware.EnableDma();
        SetUpReceive();
        SetUpTransmit();
        Write(E1000eRegister.InterruptThrottling, Throttling);
        _interruptsOn = false;
        _step = Step.Running;
        _stepAt = now;
        SetInterrupts(true);
        Flush();
    }

    // Addresses beyond the registers would need all frames to come in; there are more registers than VMs.
    private void SetFilter()
    {
        for (uint i = 0; i < E1000eRegister.MulticastTableSize; i++)
        {
            Write(E1000eRegister.MulticastTable + (4 * i), 0);
        }

        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        for (int i = 0; i < E1000eRegister.ReceiveAddresses; i++)
        {
            uint low = 0;
            uint high = 0;
            if (i < _filterCount)
            {
                _filter[i].CopyTo(bytes);
                low = bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16) | ((uint)bytes[3] << 24);
                high = bytes[4] | ((uint)bytes[5] << 8) | E1000eRegister.AddressValid;
            }

            // The lower half takes effect with the upper one.
            Write(E1000eRegister.ReceiveAddressLow + (8 * (uint)i), low);
            Write(E1000eRegister.ReceiveAddressHigh + (8 * (uint)i), high);
        }
    }

    private void SetUpReceive()
    {
        _receiveNext = 0;
        for (int i = 0; i < ReceiveCount; i++)
        {
            OfferReceive(i);
        }

        Write(E1000eRegister.MultipleQueues, 0);
        Write(E1000eRegister.ReceiveChecksum, 0);
        Write(E1000eRegister.ReceiveFilter, Read(E1000eRegister.ReceiveFilter) & ~E1000eRegister.ExtendedStatus);
        Write(E1000eRegister.ReceiveDelay, 0);
        Write(E1000eRegister.ReceiveAbsoluteDelay, 0);
        Write(E1000eRegister.ReceiveBaseLow, (uint)_receiveRing.Address);
        Write(E1000eRegister.ReceiveBaseHigh, (uint)(_receiveRing.Address >> 32));
        Write(E1000eRegister.ReceiveLength, ReceiveCount * DescriptorSize);
        Write(E1000eRegister.ReceiveHead, 0);
        Write(E1000eRegister.ReceiveTail, 0);
        Write(
            E1000eRegister.ReceiveControl,
            E1000eRegister.ReceiveEnable | E1000eRegister.AcceptBroadcast | E1000eRegister.AllMulticast | E1000eRegister.StripChecksum);
        _receiveGiven = 0;
    }

    private void SetUpTransmit()
    {
        _transmitNext = 0;
        _transmitClean = 0;
        _transmitTail = 0;
        Write(E1000eRegister.TransmitGap, E1000eRegister.Gap);
        Write(E1000eRegister.TransmitBaseLow, (uint)_transmitRing.Address);
        Write(E1000eRegister.TransmitBaseHigh, (uint)(_transmitRing.Address >> 32));
        Write(E1000eRegister.TransmitLength, TransmitCount * DescriptorSize);
        Write(E1000eRegister.TransmitHead, 0);
        Write(E1000eRegister.TransmitTail, 0);
        Write(E1000eRegister.TransmitDescriptorControl, E1000eRegister.WriteBackEach);
        Write(E1000eRegister.TransmitControl, E1000eRegister.TransmitEnable | E1000eRegister.PadShort | E1000eRegister.Collisions);
    }

    private ulong PollRunning(ulong now)
    {
        // Reading the causes takes them back; until then no message of the same cause is sent (10.2.4.1).
        uint interrupts = _hardware.InterruptCount;
        uint cause = interrupts != _interruptsSeen || now >= _stepAt ? Read(E1000eRegister.InterruptCause) : 0;
        _interruptsSeen = interrupts;
        if (now >= _stepAt || (cause & E1000eRegister.LinkChanged) != 0)
        {
            _stepAt = now + LinkPeriod;
            uint status = Read(E1000eRegister.Status);
            if (status == uint.MaxValue)
            {
                Fail("does not answer any more");
                return VirtualTimer.Never;
            }

            IsLinkUp = (status & E1000eRegister.LinkUp) != 0;
            Speed = ((status >> E1000eRegister.SpeedShift) & 3) switch
            {
                0 => 10,
                1 => 100,
                _ => 1000,
            };
        }

        return _stepAt;
    }

    private void Fail(string why)
    {
        Problem = why;
        IsLinkUp = false;
        _step = Step.Failed;
    }

    private void OfferReceive(int index)
    {
        byte* descriptor = _receiveRing.Pointer + (index * DescriptorSize);
        *(ulong*)descriptor = _receiveBuffers.Address + (ulong)(index * BufferSize);
        *(ulong*)(descriptor + LengthOffset) = 0;
    }

    /// <summary>Takes descriptors back whose frames have left.</summary>
    /// <returns>There was one.</returns>
    private bool TryClean()
    {
        int before = _transmitClean;
        while (_transmitClean != _transmitTail
            && (Volatile.Read(ref _transmitRing.Pointer[(_transmitClean * DescriptorSize) + StatusOffset]) & Done) != 0)
        {
            _transmitClean = (_transmitClean + 1) % TransmitCount;
        }

        return before != _transmitClean;
    }
}
