namespace HyperCore.Core.Usb;

/// <content>The event ring (xHCI 1.2, 4.9.4 and 4.17).</content>
internal sealed partial class XhciController
{
    private const int MaxEventsAtOnce = 256;

    // So many times events were there that no interrupt had told of: then there are none.
    private const int MaxSilentLooks = 64;

    private uint _interrupts;
    private int _silentLooks;
    private bool _polls;

    /// <summary>Takes what the controller has to say.</summary>
    /// <returns>There may be more.</returns>
    private bool TakeEvents(ulong now)
    {
        int count = 0;
        while (count < MaxEventsAtOnce && _state == State.Running && _events!.TryTake(out Trb entry))
        {
            count++;
            Take(entry, now);
        }

        if (count == 0 || _state != State.Running)
        {
            return false;
        }

        WatchInterrupts();
        if (!_polls)
        {
            // A function that signals by its pin would hold it until the flag is cleared; with messages it is cleared already.
            _hardware.Write32(_runtime + XhciRegister.InterrupterManagement, XhciRegister.InterruptEnable | XhciRegister.InterruptPending);
        }

        Write64(_runtime + XhciRegister.EventDequeue, _events!.DequeuePointer | XhciRegister.EventHandlerBusy);
        return count == MaxEventsAtOnce;
    }

    private void WatchInterrupts()
    {
        uint interrupts = _hardware.InterruptCount;
        _silentLooks = interrupts == _interrupts ? _silentLooks + 1 : 0;
        _interrupts = interrupts;
        if (!_polls && _silentLooks >= MaxSilentLooks)
        {
            _polls = true;
            _tickDue = 0;
            LogEvent(Diagnostics.LogLevel.Warning, "sends no interrupts; polled");
        }
    }

    private void Take(in Trb entry, ulong now)
    {
        switch (entry.Type)
        {
            case TrbType.TransferEvent:
                if (entry.Slot < _slots.Length && entry.Endpoint != 0)
                {
                    _slots[entry.Slot]?.TransferCompleted(entry, now);
                }

                break;
            case TrbType.CommandCompletionEvent:
                if (_commandOwner is { } owner && entry.Parameter == _commandTrb)
                {
                    _commandOwner = null;
                    owner.CommandPending = false;
                    owner.CommandCompleted(entry.Code, entry.Slot);
                }

                break;
            case TrbType.PortStatusChangeEvent:
                int port = (int)(entry.Parameter >> 24) & 0xFF;
                if (port >= 1 && port <= _ports.Length)
                {
                    _ports[port - 1].Touch();
                }

                break;
            case TrbType.HostControllerEvent when entry.Code == CompletionCode.EventRingFull:
                // Events are lost, and nobody knows which.
                Restart("lost events", now);
                break;
            default:
                break;
        }
    }
}
