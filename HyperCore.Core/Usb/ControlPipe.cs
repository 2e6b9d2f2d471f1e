using System;
using HyperCore.Core.Time;

namespace HyperCore.Core.Usb;

/// <summary>The control endpoint of a device: one request at a time, with a time limit.</summary>
internal sealed class ControlPipe : UsbEndpoint
{
    // Longer than any request that HyperCore makes may take (USB 2.0, 9.2.6.4: 500 ms with data).
    private const ulong TimeLimit = 1_000_000_000;

    private State _state;
    private ulong _dataTrb;
    private ulong _statusTrb;
    private int _requested;

    public ControlPipe(UsbDevice device, DmaBlock ring, DmaBlock buffer)
        : base(device, ring, buffer) => ContextIndex = 1;

    private enum State : byte
    {
        Idle,
        Running,
        Recovering,
        Done,
    }

    /// <summary>A request can be started.</summary>
    public bool IsIdle => _state == State.Idle;

    /// <summary>A request has ended, and its result was not taken yet.</summary>
    public bool IsDone => _state == State.Done;

    public TransferResult Result { get; private set; }

    /// <summary>Bytes that the device sent.</summary>
    public int Length { get; private set; }

    /// <summary>Room for data.</summary>
    public int Capacity => Buffer.Length;

    /// <summary>What the device sent, or is to be sent.</summary>
    public Span<byte> Data => Buffer.Bytes;

    public ReadOnlySpan<byte> Received => Buffer.Bytes.Slice(0, Length);

    public void Reset()
    {
        ResetEndpoint();
        _state = State.Idle;
    }

    /// <summary>Begins a request (USB 2.0, 9.3). Data to the device is in <see cref="Data"/> already.</summary>
    public void Start(byte requestType, byte request, ushort value, ushort index, int length, ulong now)
    {
        bool isIn = (requestType & UsbRequest.DeviceIn) != 0;
        _requested = length;
        Length = 0;
        ulong setup = requestType | ((ulong)request << 8) | ((ulong)value << 16) | ((ulong)index << 32) | ((ulong)(ushort)length << 48);
        uint transferType = length == 0 ? 0 : isIn ? Trb.TransferTypeIn : Trb.TransferTypeOut;
        Ring.Add(setup, 8, Trb.ControlOf(TrbType.SetupStage, Trb.ImmediateData | transferType));
        _dataTrb = 0;
        if (length != 0)
        {
            if (isIn)
            {
                Buffer.Bytes.Slice(0, length).Clear();
            }

            uint direction = isIn ? Trb.DirectionIn : 0;
            _dataTrb = Ring.Add(Buffer.Address, (uint)length, Trb.ControlOf(TrbType.DataStage, direction | Trb.InterruptOnShortPacket));
        }

        // The status goes the other way than the data, and IN when there is none.
        uint statusDirection = length != 0 && isIn ? 0 : Trb.DirectionIn;
        _statusTrb = Ring.Add(0, 0, Trb.ControlOf(TrbType.StatusStage, statusDirection | Trb.InterruptOnCompletion));
        _state = State.Running;
        Deadline = now + TimeLimit;
        Device.Controller.RingDoorbell(Device.SlotId, ContextIndex);
    }

    /// <summary>Takes the result, so that the next request can be started.</summary>
    public TransferResult TakeResult()
    {
        _state = State.Idle;
        return Result;
    }

    public override void TransferCompleted(in Trb entry, ulong now)
    {
        if (_state != State.Running)
        {
            return;
        }

        switch (entry.Code)
        {
            case CompletionCode.Success when entry.Parameter == _statusTrb:
                // Without an event for the data stage all of it was transferred.
                Finish(TransferResult.Success, Length != 0 || _dataTrb == 0 ? Length : _requested);
                break;
            case CompletionCode.ShortPacket when entry.Parameter == _dataTrb && _dataTrb != 0:
                // The status stage follows, with an event of its own.
                Length = Math.Max(0, _requested - entry.Residual);
                _requested = Length;
                break;
            case CompletionCode.Success or CompletionCode.ShortPacket:
            case CompletionCode.Stopped or CompletionCode.StoppedLengthInvalid or CompletionCode.StoppedShortPacket:
                break;
            default:
                Recover(entry.Code == CompletionCode.Stall ? TransferResult.Stall : TransferResult.Error, isHalted: true);
                break;
        }
    }

    public void Advance(ulong now)
    {
        if (_state == State.Running && now >= Deadline)
        {
            Recover(TransferResult.TimedOut, isHalted: false);
        }

        if (_state != State.Recovering)
        {
            return;
        }

        AdvanceRecovery(now);
        if (RecoveryFailed)
        {
            Finish(TransferResult.Broken, 0);
        }
        else if (!IsRecovering)
        {
            Finish(Result, 0);
        }
    }

    private void Recover(TransferResult result, bool isHalted)
    {
        Result = result;
        _state = State.Recovering;
        Deadline = VirtualTimer.Never;
        BeginRecovery(isHalted);
    }

    private void Finish(TransferResult result, int length)
    {
        Result = result;
        Length = length;
        Deadline = VirtualTimer.Never;
        _state = State.Done;
    }
}
