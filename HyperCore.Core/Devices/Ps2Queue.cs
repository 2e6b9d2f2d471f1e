namespace HyperCore.Core.Devices;

/// <summary>
/// What a PS/2 device has to say: answers to commands, and events (key codes, movement packets) of one or more bytes. An answer
/// goes before waiting events, but never into the middle of one.
/// </summary>
internal sealed class Ps2Queue
{
    /// <summary>The most bytes of events; a power of two.</summary>
    public const int EventCapacity = 512;

    private const int AnswerCapacity = 32;
    private const ushort MoreFollow = 0x100;

    private readonly ushort[] _events = new ushort[EventCapacity];
    private readonly byte[] _answers = new byte[AnswerCapacity];
    private int _eventHead;
    private int _eventCount;
    private int _answerHead;
    private int _answerCount;
    private bool _insideEvent;

    /// <summary>Bytes of events waiting.</summary>
    public int EventCount => _eventCount;

    /// <summary>Whether anything waits.</summary>
    public bool IsEmpty => _eventCount == 0 && _answerCount == 0;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        ClearEvents();
        _answerHead = 0;
        _answerCount = 0;
    }

    /// <summary>Forgets waiting events, also the rest of one that is partly sent.</summary>
    public void ClearEvents()
    {
        _eventHead = 0;
        _eventCount = 0;
        _insideEvent = false;
    }

    /// <summary>Adds a byte of an answer; the byte is lost when the guest has left too many unread.</summary>
    public void AddAnswer(byte value)
    {
        if (_answerCount < AnswerCapacity)
        {
            _answers[(_answerHead + _answerCount) & (AnswerCapacity - 1)] = value;
            _answerCount++;
        }
    }

    /// <summary>Forgets answers that were not read: a new command cancels the last one.</summary>
    public void ClearAnswers() => _answerCount = 0;

    /// <summary>Adds a byte of an event. The caller has looked at <see cref="EventCount"/>.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="last">Whether the event ends with it.</param>
    public void AddEvent(byte value, bool last)
    {
        if (_eventCount < EventCapacity)
        {
            _events[(_eventHead + _eventCount) & (EventCapacity - 1)] = (ushort)(value | (last ? 0 : MoreFollow));
            _eventCount++;
        }
    }

    /// <summary>Takes the next byte.</summary>
    public bool TryTake(out byte value)
    {
        if (_answerCount > 0 && !_insideEvent)
        {
            value = _answers[_answerHead];
            _answerHead = (_answerHead + 1) & (AnswerCapacity - 1);
            _answerCount--;
            return true;
        }

        if (_eventCount == 0)
        {
            value = 0;
            return false;
        }

        ushort next = _events[_eventHead];
        _eventHead = (_eventHead + 1) & (EventCapacity - 1);
        _eventCount--;
        _insideEvent = (next & MoreFollow) != 0;
        value = (byte)next;
        return true;
    }
}
