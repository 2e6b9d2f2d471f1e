using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;

namespace HyperCore.Core.Network;

/// <summary>
/// Carries frames between the network card and the switch, on the console processor. A turn handles a bounded number of frames and rests three
/// times as long as it took when there are more, so that no traffic from outside keeps VMs from running.
/// </summary>
public sealed class Uplink
{
    /// <summary>Frames that one turn takes from the card, and gives to it.</summary>
    public const int FramesPerTurn = 64;

    private const ulong ShortestRest = 20_000;
    private const ulong RestFactor = 3;
    private const ulong WhenFull = 200_000;

    // How often a card is looked at that has no interrupts, or whose interrupts never came although frames did.
    private const ulong PollPeriod = 1_000_000;

    private readonly VirtualSwitch _switch;
    private readonly Clock _clock;
    private readonly Log _log;
    private readonly bool _hasInterrupt;
    private bool _isMasked;
    private bool _wasLinkUp;
    private bool _toldProblem;
    private bool _isPolled;
    private ulong _restUntil;

    /// <summary>Connects a card, whose port the switch has already.</summary>
    /// <param name="card">The card.</param>
    /// <param name="network">The switch.</param>
    /// <param name="clock">The machine's clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="hasInterrupt">The card can interrupt.</param>
    public Uplink(NetworkCard card, VirtualSwitch network, Clock clock, Log log, bool hasInterrupt)
    {
        Card = card;
        _switch = network;
        _clock = clock;
        _log = log;
        _hasInterrupt = hasInterrupt;
    }

    /// <summary>The card.</summary>
    public NetworkCard Card { get; }

    /// <summary>Frames that could not leave, because there is no link.</summary>
    public ulong Lost { get; private set; }

    private SwitchPort Port => _switch.Uplink!;

    /// <summary>Begins to bring the card up, when all VMs have their ports.</summary>
    public void Start()
    {
        Span<MacAddress> addresses = stackalloc MacAddress[VirtualSwitch.MaxPorts];
        for (int i = 0; i < _switch.PortCount; i++)
        {
            addresses[i] = _switch[i].Address;
        }

        Port.Queue.SetOpen(Port.Index, true);
        Card.Start(addresses.Slice(0, _switch.PortCount), _clock.Now);
    }

    /// <summary>One turn.</summary>
    /// <returns>When it wants to be called again without an interrupt, nanoseconds.</returns>
    public ulong Run()
    {
        ulong begin = _clock.Now;
        if (begin < _restUntil)
        {
            return _restUntil;
        }

        ulong deadline = Card.Poll(begin);
        TellState();
        bool isFull = Send();
        bool hasMore = Receive();
        Card.Flush();
        if (hasMore)
        {
            ulong now = _clock.Now;
            _restUntil = now + Math.Max((now - begin) * RestFactor, ShortestRest);
            return _restUntil;
        }

        deadline = isFull ? Math.Min(deadline, begin + WhenFull) : deadline;
        return Card.IsRunning && (_isPolled || !_hasInterrupt) ? Math.Min(deadline, begin + PollPeriod) : deadline;
    }

    /// <summary>Takes what has come in.</summary>
    /// <returns>There may be more.</returns>
    private bool Receive()
    {
        int count = 0;
        while (true)
        {
            while (count < FramesPerTurn && Card.TryReceive(out ReadOnlySpan<byte> frame))
            {
                _switch.SendFromUplink(frame);
                Card.FinishReceive();
                count++;
            }

            // Frames came, and never an interrupt: they do not reach this processor, whatever the reason.
            _isPolled = Card.InterruptCount == 0 && (_isPolled || count > 0);
            if (count == FramesPerTurn)
            {
                SetMasked(true);
                return true;
            }

            if (!_isMasked)
            {
                return false;
            }

            // What came in before the card may interrupt again is not announced.
            SetMasked(false);
        }
    }

    /// <summary>Gives the card what VMs have sent.</summary>
    /// <returns>It has no room, and frames wait.</returns>
    private bool Send()
    {
        for (int i = 0; i < FrameQueue.Places; i++)
        {
            ReadOnlySpan<byte> frame = Port.Queue.Peek();
            if (frame.IsEmpty)
            {
                return false;
            }

            // Without a link a card keeps its frames, and would send stale ones when it comes.
            if (!Card.IsRunning || !Card.IsLinkUp)
            {
                Lost++;
                Port.Queue.Remove(Port.Index);
            }
            else if (Card.TrySend(frame))
            {
                Port.FinishReceive();
            }
            else
            {
                return true;
            }
        }

        return true;
    }

    private void SetMasked(bool isMasked)
    {
        _isMasked = isMasked;
        Card.SetInterrupts(!isMasked);
    }

    private void TellState()
    {
        if (Card.Problem is { } problem && !_toldProblem)
        {
            _toldProblem = true;
            _wasLinkUp = false;
            _log.Write(LogLevel.Error, $"network: uplink {Card.Name}: {problem}; VMs reach each other only");
        }
        else if (Card.IsLinkUp != _wasLinkUp)
        {
            _wasLinkUp = Card.IsLinkUp;
            if (!_wasLinkUp)
            {
                _log.Write(LogLevel.Info, $"network: link down");
            }
            else if (Card.Speed == 0)
            {
                _log.Write(LogLevel.Info, $"network: link up");
            }
            else
            {
                _log.Write(LogLevel.Info, $"network: link up, {Card.Speed} Mb/s");
            }
        }
    }
}
