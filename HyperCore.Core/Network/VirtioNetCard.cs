using System;
using HyperCore.Core.Time;
using HyperCore.Core.Usb;
using HyperCore.Core.Virtio;

namespace HyperCore.Core.Network;

/// <summary>
/// The driver of a virtio network card with the modern interface (virtio 1.2, 5.1), as virtual machines have it: HyperCore then is a guest itself. One
/// pair of split queues, no offloads, all frames come in and the switch chooses.
/// </summary>
public sealed unsafe class VirtioNetCard : NetworkCard
{
    private const int PageSize = 4096;
    private const int ReceiveIndex = 0;
    private const int TransmitIndex = 1;

    // Behind the one pair of queues, as VIRTIO_NET_F_MQ is not accepted (5.1.2).
    private const int ControlIndex = 2;

    private const ushort DescriptorNext = 1;
    private const ushort DescriptorWrite = 2;

    // VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_RX_PROMISC, on; the answer comes behind it (5.1.6.5.1).
    private const byte ControlClassReceive = 0;
    private const byte ControlPromiscuous = 0;
    private const int ControlHeaderSize = 2;
    private const int ControlAnswerOffset = 16;
    private const int ControlAnswerDescriptor = 2;

    // VIRTIO_F_ACCESS_PLATFORM: addresses are those of the machine, which they are here (6.1: a driver should accept it).
    private const ulong AccessPlatform = 1ul << 33;

    private const ulong Millisecond = 1_000_000;
    private const ulong LongestReset = 1000 * Millisecond;
    private const ulong LinkPeriod = 200 * Millisecond;

    private readonly NetworkHardware _hardware;
    private readonly VirtioCardLayout _layout;
    private readonly VirtioCardQueue _receive;
    private readonly VirtioCardQueue _transmit;
    private readonly VirtioCardQueue _control;
    private readonly bool[] _isSending = new bool[VirtioCardQueue.Size];
    private readonly uint[] _notify = new uint[ControlIndex + 1];
    private Step _step;
    private ulong _stepAt;
    private ulong _stepLimit;
    private ulong _features;
    private int _transmitNext;
    private int _receiveIndex;

    /// <summary>Creates the driver; the card is not touched but for reading its address.</summary>
    /// <param name="hardware">The card, whose base address registers are mapped.</param>
    /// <param name="layout">Where its structures are.</param>
    /// <param name="memory">Where memory for rings and buffers is taken from.</param>
    public VirtioNetCard(NetworkHardware hardware, VirtioCardLayout layout, DmaMemory memory)
    {
        _hardware = hardware;
        _layout = layout;
        _receive = CreateQueue(memory, VirtioCardQueue.Size * BufferSize, BufferSize);
        _transmit = CreateQueue(memory, VirtioCardQueue.Size * BufferSize, BufferSize);
        _control = CreateQueue(memory, PageSize, PageSize);
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        for (uint i = 0; i < MacAddress.Size; i++)
        {
            bytes[(int)i] = hardware.Read8(layout.Device.Bar, layout.Device.Offset + i);
        }

        Address = MacAddress.Read(bytes);
    }

    private enum Step
    {
        Off,
        Reset,
        Running,
        Failed,
    }

    /// <inheritdoc/>
    public override string Name => "virtio-net";

    /// <inheritdoc/>
    public override bool IsRunning => _step == Step.Running;

    /// <inheritdoc/>
    public override uint InterruptCount => _hardware.InterruptCount;

    private bool HasLinkStatus => (_features & NetHeader.Status) != 0 && _layout.Device.Length >= NetHeader.StatusOffset + sizeof(ushort);

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<MacAddress> filter, ulong now)
    {
        if (Problem == null)
        {
            WriteStatus(DeviceStatus.None);
            _step = Step.Reset;
            _stepAt = now;
            _stepLimit = now + LongestReset;
        }
    }

    /// <inheritdoc/>
    public override ulong Poll(ulong now)
    {
        switch (_step)
        {
            case Step.Off or Step.Failed:
                return VirtualTimer.Never;
            case Step.Reset:
                ContinueReset(now);
                break;
            default:
                if (now >= _stepAt)
                {
                    LookAtState(now);
                }

                break;
        }

        return _step == Step.Failed ? VirtualTimer.Never : _stepAt;
    }

    /// <inheritdoc/>
    public override bool TryReceive(out ReadOnlySpan<byte> frame)
    {
        frame = default;
        while (IsRunning && _receive.TryPeek(out _receiveIndex, out uint length))
        {
            if (length is > NetHeader.Size and <= BufferSize)
            {
                frame = new ReadOnlySpan<byte>(_receive.Buffer(_receiveIndex) + NetHeader.Size, (int)length - NetHeader.Size);
                return true;
            }

            Damaged++;
            FinishReceive();
        }

        return false;
    }

    /// <inheritdoc/>
    public override void FinishReceive()
    {
        _receive.Take();
        _receive.Offer(_receiveIndex, BufferSize, DescriptorWrite);
    }

    /// <inheritdoc/>
    public override bool TrySend(ReadOnlySpan<byte> frame)
    {
        // A card may give buffers back in any order, and this driver uses them in turn.
        while (_transmit.TryPeek(out int done, out _))
        {
            _isSending[done] = false;
            _transmit.Take();
        }

        if (!IsRunning || frame.Length > BufferSize - NetHeader.Size || _isSending[_transmitNext])
        {
            return false;
        }

        _isSending[_transmitNext] = true;

        byte* buffer = _transmit.Buffer(_transmitNext);
        int length = Math.Max(frame.Length, EthernetFrame.MinWireSize);
        new Span<byte>(buffer, NetHeader.Size + length).Clear();
        frame.CopyTo(new Span<byte>(buffer + NetHeader.Size, frame.Length));
        _transmit.Offer(_transmitNext, NetHeader.Size + length, 0);
        _transmitNext = (_transmitNext + 1) % _transmit.Entries;
        return true;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (IsRunning)
        {
            Notify(_transmit, TransmitIndex);
            Notify(_receive, ReceiveIndex);
        }
    }

    /// <inheritdoc/>
    public override void SetInterrupts(bool enabled)
    {
        if (IsRunning)
        {
            _receive.SetInterrupts(enabled);
        }
    }

    private VirtioCardQueue CreateQueue(DmaMemory memory, int bytes, int bufferSize)
    {
        DmaBlock buffers = default;
        if (!memory.TryAllocate(VirtioCardQueue.RingBytes, PageSize, below4GiB: false, out DmaBlock rings)
            || !memory.TryAllocate(bytes, PageSize, below4GiB: false, out buffers))
        {
            Problem = "there is no memory for its buffers";
        }

        return new VirtioCardQueue(rings, buffers, bufferSize);
    }

    // 3.1.1, from the reset on, which is over when the status reads 0 (4.1.4.3.2).
    private void ContinueReset(ulong now)
    {
        _stepAt = now + Millisecond;
        if (ReadStatus() != DeviceStatus.None)
        {
            if (now >= _stepLimit)
            {
                Fail("does not come out of its reset");
            }

            return;
        }

        WriteStatus(DeviceStatus.Acknowledge);
        WriteStatus(DeviceStatus.Acknowledge | DeviceStatus.Driver);
        if (!TryNegotiate())
        {
            WriteStatus(DeviceStatus.Failed);
            Fail("does not agree on features");
            return;
        }

        _hardware.EnableDma();
        bool hasControl = (_features & NetHeader.ControlReceive) != 0;
        if (!TrySetUp(_receive, ReceiveIndex) || !TrySetUp(_transmit, TransmitIndex) || (hasControl && !TrySetUp(_control, ControlIndex)))
        {
            WriteStatus(DeviceStatus.Failed);
            Fail("has no queues that can be used");
            return;
        }

        WriteStatus(DeviceStatus.Acknowledge | DeviceStatus.Driver | DeviceStatus.FeaturesOk | DeviceStatus.DriverOk);
        _step = Step.Running;
        _transmitNext = 0;
        _isSending.AsSpan().Clear();
        _transmit.SetInterrupts(false);
        _control.SetInterrupts(false);
        for (int i = 0; i < _receive.Entries; i++)
        {
            _receive.Offer(i, BufferSize, DescriptorWrite);
        }

        if (hasControl)
        {
            AskForAllFrames();
        }

        Flush();
        LookAtState(now);
    }

    private bool TryNegotiate()
    {
        const ulong Wanted = VirtioFeature.Version1 | AccessPlatform | NetHeader.Mac | NetHeader.Status | NetHeader.ControlQueue | NetHeader.ControlReceive;
        WriteCommon32(VirtioPciLayout.DeviceFeatureSelect, 0);
        ulong offered = ReadCommon32(VirtioPciLayout.DeviceFeature);
        WriteCommon32(VirtioPciLayout.DeviceFeatureSelect, 1);
        offered |= (ulong)ReadCommon32(VirtioPciLayout.DeviceFeature) << 32;
        _features = offered & Wanted;
        if ((_features & NetHeader.ControlQueue) == 0)
        {
            _features &= ~NetHeader.ControlReceive;
        }

        WriteCommon32(VirtioPciLayout.DriverFeatureSelect, 0);
        WriteCommon32(VirtioPciLayout.DriverFeature, (uint)_features);
        WriteCommon32(VirtioPciLayout.DriverFeatureSelect, 1);
        WriteCommon32(VirtioPciLayout.DriverFeature, (uint)(_features >> 32));
        WriteStatus(DeviceStatus.Acknowledge | DeviceStatus.Driver | DeviceStatus.FeaturesOk);
        return (_features & VirtioFeature.Version1) != 0 && (ReadStatus() & DeviceStatus.FeaturesOk) != 0;
    }

    private bool TrySetUp(VirtioCardQueue queue, int index)
    {
        WriteCommon16(VirtioPciLayout.QueueSelect, (ushort)index);
        int entries = ReadCommon16(VirtioPciLayout.QueueSize);
        if (entries == 0)
        {
            return false;
        }

        // A power of two (2.7), and the control command needs three.
        int size = VirtioCardQueue.Size;
        while (size > entries)
        {
            size /= 2;
        }

        uint at = ReadCommon16(VirtioPciLayout.QueueNotifyOff) * _layout.NotifyMultiplier;
        if (size <= ControlAnswerDescriptor || at > _layout.Notify.Length - sizeof(ushort))
        {
            return false;
        }

        _notify[index] = _layout.Notify.Offset + at;
        queue.Reset(size);
        WriteCommon16(VirtioPciLayout.QueueSize, (ushort)size);
        WriteCommon64(VirtioPciLayout.QueueDescriptors, queue.DescriptorArea);
        WriteCommon64(VirtioPciLayout.QueueDriver, queue.DriverArea);
        WriteCommon64(VirtioPciLayout.QueueDevice, queue.DeviceArea);
        if (_hardware.HasInterrupt)
        {
            // One message is enough: only received frames interrupt (4.1.5.1.2).
            WriteCommon16(VirtioPciLayout.QueueMsixVector, index == ReceiveIndex ? (ushort)0 : Virtqueue.NoVector);
        }

        WriteCommon16(VirtioPciLayout.QueueEnable, 1);
        return true;
    }

    // Nobody waits for the answer: a card that refuses hands over what it likes, and the log will show that nothing comes.
    private void AskForAllFrames()
    {
        byte* buffer = _control.Buffer(0);
        buffer[0] = ControlClassReceive;
        buffer[1] = ControlPromiscuous;
        buffer[ControlHeaderSize] = 1;
        ulong address = _control.BufferAddress;
        _control.Describe(0, address, ControlHeaderSize, DescriptorNext, 1);
        _control.Describe(1, address + ControlHeaderSize, 1, DescriptorNext, ControlAnswerDescriptor);
        _control.Describe(ControlAnswerDescriptor, address + ControlAnswerOffset, 1, DescriptorWrite, 0);
        _control.Add(0);
        Notify(_control, ControlIndex);
    }

    private void LookAtState(ulong now)
    {
        _stepAt = now + LinkPeriod;
        if ((ReadStatus() & DeviceStatus.NeedsReset) != 0)
        {
            // 2.1.2: it has given up, and works again after a reset.
            IsLinkUp = false;
            Start(default, now);
            return;
        }

        IsLinkUp = !HasLinkStatus
            || (_hardware.Read16(_layout.Device.Bar, _layout.Device.Offset + NetHeader.StatusOffset) & NetHeader.LinkUp) != 0;
    }

    private void Fail(string why)
    {
        Problem = why;
        IsLinkUp = false;
        _step = Step.Failed;
    }

    private void Notify(VirtioCardQueue queue, int index)
    {
        if (queue.Publish())
        {
            _hardware.Write16(_layout.Notify.Bar, _notify[index], (ushort)index);
        }
    }

    private DeviceStatus ReadStatus() => (DeviceStatus)_hardware.Read8(_layout.Common.Bar, _layout.Common.Offset + VirtioPciLayout.DeviceStatusField);

    private void WriteStatus(DeviceStatus status) =>
        _hardware.Write8(_layout.Common.Bar, _layout.Common.Offset + VirtioPciLayout.DeviceStatusField, (byte)status);

    private ushort ReadCommon16(uint field) => _hardware.Read16(_layout.Common.Bar, _layout.Common.Offset + field);

    private uint ReadCommon32(uint field) => _hardware.Read32(_layout.Common.Bar, _layout.Common.Offset + field);

    private void WriteCommon16(uint field, ushort value) => _hardware.Write16(_layout.Common.Bar, _layout.Common.Offset + field, value);

    private void WriteCommon32(uint field, uint value) => _hardware.Write32(_layout.Common.Bar, _layout.Common.Offset + field, value);

    private void WriteCommon64(uint field, ulong value)
    {
        WriteCommon32(field, (uint)value);
        WriteCommon32(field + 4, (uint)(value >> 32));
    }
}
