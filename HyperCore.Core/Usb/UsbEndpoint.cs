using HyperCore.Core.Time;

namespace HyperCore.Core.Usb;

/// <summary>
/// An endpoint with its ring, and the way back from an error: Reset Endpoint if it halted, Stop Endpoint if it did not answer, then a new start of
/// the ring by Set TR Dequeue Pointer (xHCI 1.2, 4.6.8 to 4.6.10, 4.10.2).
/// </summary>
internal abstract class UsbEndpoint : CommandOwner
{
    private RecoveryStep _step;

    protected UsbEndpoint(UsbDevice device, DmaBlock ring, DmaBlock buffer)
    {
        Device = device;
        Ring = new ProducerRing(ring);
        Buffer = buffer;
    }

    private enum RecoveryStep : byte
    {
        None,
        Reset,
        WaitReset,
        Stop,
        WaitStop,
        SetDequeue,
        WaitDequeue,
        Failed,
    }

    public override UsbPort? Port => Device.Port;

    /// <summary>Device context index: the endpoint's number times two, plus one for IN (xHCI 1.2, 4.5.1).</summary>
    public int ContextIndex { get; protected set; }

    /// <summary>Where the ring begins, for the endpoint's context.</summary>
    public ulong DequeuePointer => Ring.DequeuePointer;

    protected UsbDevice Device { get; }

    protected ProducerRing Ring { get; }

    protected DmaBlock Buffer { get; }

    protected bool IsRecovering => _step is not (RecoveryStep.None or RecoveryStep.Failed);

    protected bool RecoveryFailed => _step == RecoveryStep.Failed;

    /// <summary>When it wants to be looked at without an event.</summary>
    public ulong Deadline { get; protected set; } = VirtualTimer.Never;

    /// <summary>A transfer has ended.</summary>
    public abstract void TransferCompleted(in Trb entry, ulong now);

    public sealed override void CommandCompleted(CompletionCode code, int slot)
    {
        bool wrongState = code == CompletionCode.ContextStateError;
        _step = _step switch
        {
            // It is not halted after all: it is stopped instead.
            RecoveryStep.WaitReset => code == CompletionCode.Success ? RecoveryStep.SetDequeue : wrongState ? RecoveryStep.Stop : RecoveryStep.Failed,

            // It does not run: it was stopped or halted already.
            RecoveryStep.WaitStop => code == CompletionCode.Success || wrongState ? RecoveryStep.SetDequeue : RecoveryStep.Failed,
            RecoveryStep.WaitDequeue => code == CompletionCode.Success ? RecoveryStep.None : RecoveryStep.Failed,
            _ => _step,
        };
    }

    protected void ResetEndpoint()
    {
        _step = RecoveryStep.None;
        Deadline = VirtualTimer.Never;
        Ring.Reset();
    }

    protected void BeginRecovery(bool isHalted) => _step = isHalted ? RecoveryStep.Reset : RecoveryStep.Stop;

    /// <summary>Goes on with the recovery as far as the controller is free for commands.</summary>
    protected void AdvanceRecovery(ulong now)
    {
        switch (_step)
        {
            case RecoveryStep.Reset:
                Issue(TrbType.ResetEndpoint, 0, RecoveryStep.WaitReset, now);
                break;
            case RecoveryStep.Stop:
                Issue(TrbType.StopEndpoint, 0, RecoveryStep.WaitStop, now);
                break;
            case RecoveryStep.SetDequeue:
                if (Device.Controller.IsCommandFree)
                {
                    Ring.Reset();
                    Issue(TrbType.SetDequeuePointer, Ring.DequeuePointer, RecoveryStep.WaitDequeue, now);
                }

                break;
            default:
                break;
        }
    }

    private void Issue(TrbType type, ulong parameter, RecoveryStep next, ulong now)
    {
        if (Device.Controller.TryCommand(this, parameter, Trb.ControlOf(type, Device.SlotId, ContextIndex), now))
        {
            _step = next;
        }
    }
}
