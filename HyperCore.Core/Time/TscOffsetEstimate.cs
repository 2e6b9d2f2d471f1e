namespace HyperCore.Core.Time;

/// <summary>
/// How far another processor's time-stamp counter is ahead of this one's, from questions and answers: this one's counter before the question,
/// the other's when it answered, this one's when the answer was there. The quickest answer says it best.
/// </summary>
public struct TscOffsetEstimate
{
    /// <summary>Answers so far.</summary>
    public int Rounds { get; private set; }

    /// <summary>The other counter less this one, in ticks, as the quickest answer has it.</summary>
    public long Offset { get; private set; }

    /// <summary>Ticks between question and answer in the quickest round: the offset is right to half of that.</summary>
    public ulong RoundTrip { get; private set; }

    /// <summary>The counters may well be the same: the offset is within what the measurement can tell.</summary>
    public readonly bool IsWithinError => (ulong)(Offset < 0 ? -Offset : Offset) <= (RoundTrip / 2) + 1;

    /// <summary>Takes one answer in.</summary>
    /// <param name="before">This processor's counter when it asked.</param>
    /// <param name="other">The other processor's counter.</param>
    /// <param name="after">This processor's counter when it had the answer.</param>
    public void Add(ulong before, ulong other, ulong after)
    {
        ulong roundTrip = after - before;
        if (Rounds == 0 || roundTrip < RoundTrip)
        {
            RoundTrip = roundTrip;
            Offset = (long)(other - (before + (roundTrip / 2)));
        }

        Rounds++;
    }
}
