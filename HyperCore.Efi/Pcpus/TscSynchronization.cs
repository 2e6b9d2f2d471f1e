using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Pcpus;

/// <summary>
/// Makes the time-stamp counter of an application processor agree with the boot processor's: measures how far it is ahead, moves it when it is
/// too far, and has the rest kept as the pCPU's offset.
/// </summary>
internal static class TscSynchronization
{
    private const int Rounds = 64;
    private const ulong TimeLimit = 20_000_000;
    private const ulong AnswerLimit = 1_000_000_000;
    private const ulong TicksPerSecondAtOneMicrosecond = 1_000_000;

    /// <summary>Synchronizes a processor that is ready.</summary>
    /// <param name="processor">The processor.</param>
    /// <param name="clock">The boot processor's clock.</param>
    /// <param name="result">The last measurement.</param>
    /// <param name="wasMoved">The counter was moved.</param>
    /// <returns>False when the processor stopped answering.</returns>
    public static bool TryRun(ApplicationProcessor processor, Clock clock, out TscOffsetEstimate result, out bool wasMoved)
    {
        wasMoved = false;
        if (!TryMeasure(processor, clock, out result))
        {
            return false;
        }

        if (!result.IsWithinError && IsLarge(result.Offset, clock))
        {
            if (!TryAsk(processor, clock, ApplicationProcessorRequest.AdjustTsc, -result.Offset, out ulong done) || !TryMeasure(processor, clock, out result))
            {
                return false;
            }

            wasMoved = done != 0;
        }

        long kept = result.IsWithinError ? 0 : result.Offset;
        return TryAsk(processor, clock, ApplicationProcessorRequest.KeepTscOffset, kept, out _);
    }

    /// <summary>Asks a processor for something and waits.</summary>
    /// <returns>False when it does not answer within a second.</returns>
    public static bool TryAsk(ApplicationProcessor processor, Clock clock, ApplicationProcessorRequest request, long argument, out ulong result)
    {
        int number = processor.Ask(request, argument);
        ulong end = clock.Now + AnswerLimit;
        while (!processor.TryGetAnswer(number, out result))
        {
            if (clock.Now > end)
            {
                return false;
            }

            Intrinsics.Pause();
        }

        return true;
    }

    private static bool IsLarge(long offset, Clock clock) =>
        (ulong)(offset < 0 ? -offset : offset) > clock.TscFrequency / TicksPerSecondAtOneMicrosecond;

    private static bool TryMeasure(ApplicationProcessor processor, Clock clock, out TscOffsetEstimate estimate)
    {
        estimate = default;
        ulong start = clock.Now;
        while (estimate.Rounds == 0 || (estimate.Rounds < Rounds && clock.Now - start < TimeLimit))
        {
            ulong before = Intrinsics.ReadTscOrdered();
            int number = processor.Ask(ApplicationProcessorRequest.ReadTsc);
            ulong other;
            while (!processor.TryGetAnswer(number, out other))
            {
                if (Intrinsics.ReadTsc() - before > clock.TscFrequency)
                {
                    return false;
                }

                Intrinsics.Pause();
            }

            estimate.Add(before, other, Intrinsics.ReadTscOrdered());
        }

        return true;
    }
}
