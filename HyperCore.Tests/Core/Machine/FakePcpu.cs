using System;
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

    public override void WaitForInterrupt()
    {
        Sleeps++;
        if (ArmedTimer != VirtualTimer.Never)
        {
            clock.Set(Math.Max(clock.Now, ArmedTimer));
            _attention[0] = 1;
        }
    }
}
