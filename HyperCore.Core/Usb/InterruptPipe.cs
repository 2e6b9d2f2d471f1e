using System;
using System.Numerics;

namespace HyperCore.Core.Usb;

/// <summary>An interrupt IN endpoint: a transfer always waits for the device to have something to say.</summary>
internal sealed class InterruptPipe : UsbEndpoint
{
    private const int MaxErrorsInARow = 4;
    private const int MaxFrameInterval = 10;
    private const int MinFrameInterval = 3;
    private const int MaxMicroframeInterval = 15;

    private readonly ReportReader _reader;
    private State _state;
    private ulong _trb;
    private int _length;
    private int _errors;

    public InterruptPipe(UsbDevice device, DmaBlock ring, DmaBlock buffer, ReportReader reader)
        : base(device, ring, buffer) => _reader = reader;

    private enum State : byte
    {
        Closed,
        Ready,
        Running,
        Recovering,
        Halted,
        Broken,
    }

    public byte Address { get; private set; }

    public int MaxPacketSize { get; private set; }

    /// <summary>Time between two looks: two to this power times 125 µs (xHCI 1.2, 6.2.3.6).</summary>
    public int IntervalExponent { get; private set; }

    /// <summary>The device must be told to end its halt; then <see cref="HaltCleared"/>.</summary>
    public bool IsHalted => _state == State.Halted;

    /// <summary>It was given up.</summary>
    public bool IsBroken => _state == State.Broken;

    public bool IsOpen => _state != State.Closed;

    public void Open(in HidInterface description, UsbSpeed speed)
    {
        ResetEndpoint();
        Address = description.EndpointAddress;
        ContextIndex = ((Address & 0x0F) * 2) + 1;
        MaxPacketSize = description.MaxPacketSize;
        IntervalExponent = IntervalOf(description.Interval, speed);
        _length = Math.Min(MaxPacketSize, Buffer.Length);
        _errors = 0;
        _state = State.Ready;
    }

    public void Close() => _state = State.Closed;

    /// <summary>Begins to listen, once the endpoint is configured.</summary>
    public void Start()
    {
        if (_state == State.Ready)
        {
            Listen();
        }
    }

    public void HaltCleared()
    {
        if (_state == State.Halted)
        {
            Listen();
        }
    }

    public override void TransferCompleted(in Trb entry, ulong now)
    {
        if (_state != State.Running)
        {
            return;
        }

        switch (entry.Code)
        {
            case CompletionCode.Success or CompletionCode.ShortPacket when entry.Parameter == _trb:
                _errors = 0;
                _reader.Read(Buffer.Bytes.Slice(0, Math.Clamp(_length - entry.Residual, 0, _length)));
                if (_state == State.Running)
                {
                    Listen();
                }

                break;
            case CompletionCode.Success or CompletionCode.ShortPacket:
            case CompletionCode.Stopped or CompletionCode.StoppedLengthInvalid or CompletionCode.StoppedShortPacket:
            case CompletionCode.RingUnderrun or CompletionCode.RingOverrun or CompletionCode.MissedService:
                break;
            default:
                _errors++;
                _state = State.Recovering;
                BeginRecovery(isHalted: true);
                break;
        }
    }

    public void Advance(ulong now)
    {
        if (_state != State.Recovering)
        {
            return;
        }

        AdvanceRecovery(now);
        if (RecoveryFailed || (!IsRecovering && _errors > MaxErrorsInARow))
        {
            _state = State.Broken;
        }
        else if (!IsRecovering)
        {
            // Also after an error that is not a stall: the reset has put the data toggle back, and the device must do the same.
            _state = State.Halted;
        }
    }

    private void Listen()
    {
        _trb = Ring.Add(Buffer.Address, (uint)_length, Trb.ControlOf(TrbType.Normal, Trb.InterruptOnCompletion | Trb.InterruptOnShortPacket));
        _state = State.Running;
        Device.Controller.RingDoorbell(Device.SlotId, ContextIndex);
    }

    private static int IntervalOf(byte interval, UsbSpeed speed)
    {
        if (speed is UsbSpeed.High or UsbSpeed.Super or UsbSpeed.SuperPlus)
        {
            return Math.Clamp(interval - 1, 0, MaxMicroframeInterval);
        }

        // Frames of 1 ms, rounded down to a power of two.
        return Math.Clamp(BitOperations.Log2(Math.Max((uint)interval, 1) * 8), MinFrameInterval, MaxFrameInterval);
    }
}
