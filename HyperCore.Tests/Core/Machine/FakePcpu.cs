using System;
using System.Threading;
using HyperCore.Core.Machine;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Core.Machine;

/// <summary>A pCPU of <see cref="FakeHostServices"/>. Sleeping moves the clock to the timer that is set.</summary>
internal sealed unsafe class FakePcpu(int index, FakeClock clock) : PcpuServices
{
    private readonly int[] _attention = GC.AllocateArray<int>(1, pinned: true);

    public override int Index => index;

    public override Clock Clock => clock;

    public ulong ArmedTimer { get; private set; } = VirtualTimer.Never;

    public int Sleeps { get; private set; }

    public int Kicks { get; set; }

    public override int* Attention
    {
        get
        {
            fixed (int* attention = _attention)
            {
                return attention; // The array is pinned for good.
            }
        }
    }

    public override void ArmTimer(ulong deadline) => ArmedTimer = deadline;

    public override void TakeInterrupts()
    {
    }

    /// <summary>Without it a pCPU that sleeps does not move the clock: there are others, which do.</summary>
    public bool IsAlone { get; init; } = true;

    /// <summary>It slept the last time that it had a turn.</summary>
    public bool IsAsleep { get; set; }

    /// <summary>What the other pCPUs do while this one waits for them.</summary>
    public Action? Others { get; set; }

    /// <summary>
    /// Set when each pCPU is a thread: one that sleeps waits for another to interrupt it, or for its timer, until this says that the test is over.
    /// </summary>
    public Func<bool>? Threads { get; set; }

    public override void Relax()
    {
        if (Threads == null)
        {
            Others?.Invoke();
        }
        else
        {
            Thread.Yield();
        }
    }

    /// <summary>The clock was moved: the timer's interrupt may be due.</summary>
    public void OnTimePassed()
    {
        if (ArmedTimer <= clock.Now)
        {
            ArmedTimer = VirtualTimer.Never;
            _attention[0] = 1;
        }
    }

    public override void WaitForInterrupt()
    {
        Sleeps++;
        if (Threads != null)
        {
            // The console processor's test has things to do that no interrupt tells: it wakes without a reason, which may happen always.
            for (int i = 0; Volatile.Read(ref _attention[0]) == 0 && clock.Now < ArmedTimer && !Threads() && (index != 0 || i < 20); i++)
            {
                Thread.Yield();
            }

            return;
        }

        IsAsleep = _attention[0] == 0;
        if (!IsAlone)
        {
            return;
        }

        if (ArmedTimer != VirtualTimer.Never)
        {
            clock.Set(Math.Max(clock.Now, ArmedTimer));
            _attention[0] = 1;
        }
    }
}
