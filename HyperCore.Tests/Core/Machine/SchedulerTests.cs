using System;
using System.Linq;
using System.Threading;
using CsCheck;
using HyperCore.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed class SchedulerTests
{
    private const ulong Microsecond = 1_000;
    private const ulong Millisecond = 1_000_000;
    private const ulong Second = 1_000_000_000;

    private static readonly Gen<(int Vcpus, int Share)[]> s_vms = Gen.Select(Gen.Int[1, 4], Gen.Int[1, 60]).Array[2, 6];

    [Fact]
    public void Pick_NothingToDo_IsIdle()
    {
        var simulation = new SchedulerSimulation(2, (1, 10));
        simulation.Run(Millisecond);

        Assert.Null(simulation.Current(0));
        Assert.Null(simulation.Current(1));
    }

    [Fact]
    public void Wake_IdlePcpus_VcpusOfOneVmGoToDifferentOnes()
    {
        var simulation = new SchedulerSimulation(4, (4, 10));
        simulation.Run(Millisecond);
        simulation.GiveAll(simulation.Groups[0]);

        Assert.All([0, 1, 2, 3], pcpu => Assert.NotNull(simulation.Current(pcpu)));
        simulation.Run(Second);
        Assert.Equal(4, simulation.Switches);
    }

    [Fact]
    public void Wake_ForegroundVcpu_InterruptsABackgroundOneAtOnce()
    {
        var simulation = new SchedulerSimulation(2, (1, 10), (2, 10));
        simulation.SetForeground(0);
        simulation.GiveAll(simulation.Groups[1]);
        simulation.Run(50 * Millisecond);
        Assert.All([0, 1], pcpu => Assert.Same(simulation.Groups[1], simulation.Current(pcpu)!.Group));

        simulation.Give(simulation.Groups[0][0], Millisecond, 20 * Millisecond);
        Assert.Contains([0, 1], pcpu => simulation.Current(pcpu)?.Group == simulation.Groups[0]);
        simulation.Run(Second);
        Assert.InRange(simulation.LongestWait(simulation.Groups[0][0]), 0ul, 2 * Millisecond);
    }

    [Fact]
    public void Wake_BackgroundVcpu_WaitsForTheEndOfTheForegroundsSlice()
    {
        var simulation = new SchedulerSimulation(1, (1, 10), (1, 20));
        simulation.SetForeground(0);
        simulation.GiveAll(simulation.Groups[0]);
        simulation.Run(100 * Millisecond);
        simulation.Give(simulation.Groups[1][0], 100 * Microsecond, 10 * Millisecond);
        Assert.Same(simulation.Groups[0], simulation.Current(0)!.Group);

        simulation.Run(Second);
        Assert.InRange(simulation.LongestWait(simulation.Groups[1][0]), Microsecond, 20 * Millisecond);
    }

    [Fact]
    public void Wake_RunningVcpu_NamesItsPcpu()
    {
        var simulation = new SchedulerSimulation(2, (1, 10));
        simulation.GiveAll(simulation.Groups[0]);
        simulation.Run(Millisecond);
        int pcpu = simulation.Current(0) != null ? 0 : 1;

        Assert.Equal(1ul << pcpu, simulation.Scheduler.Wake(simulation.Groups[0][0], 1 - pcpu, simulation.Now));
    }

    [Fact]
    public void Wake_BlockedVcpuThatItsPcpuStillHas_GoesOnThere()
    {
        var scheduler = new Scheduler(2, 1);
        var vm = new SchedulerGroup(1, 10);
        scheduler.Add(vm);
        scheduler.Resume(vm, SuspendReasons.Off, 0, 0);
        scheduler.Wake(vm[0], 0, 0);
        Assert.Same(vm[0], scheduler.Pick(0, 0, out _, out _));
        Assert.Null(scheduler.Pick(1, 0, out _, out _));

        scheduler.Block(vm[0], 0, 10);
        Assert.False(scheduler.Continues(0, 11, out _));
        Assert.Equal(0ul, scheduler.Wake(vm[0], 1, 12));
        Assert.Null(scheduler.Pick(1, 13, out _, out _));
        Assert.True(scheduler.Continues(0, 14, out _));
    }

    [Fact]
    public void Suspend_VmThatRuns_LeavesItsPcpusAndComesBack()
    {
        var simulation = new SchedulerSimulation(2, (2, 10), (1, 10));
        simulation.GiveAll(simulation.Groups[0]);
        simulation.Run(50 * Millisecond);

        ulong asked = simulation.Scheduler.Suspend(simulation.Groups[0], SuspendReasons.Paused, 0, simulation.Now);
        Assert.Equal(3ul, asked);
        Assert.True(simulation.Scheduler.IsLoaded(simulation.Groups[0], 0));
        simulation.Signal(asked);
        Assert.False(simulation.Scheduler.IsLoaded(simulation.Groups[0], 0));
        simulation.Run(50 * Millisecond);
        Assert.Null(simulation.Current(0));

        simulation.Signal(simulation.Scheduler.Suspend(simulation.Groups[0], SuspendReasons.Held, 0, simulation.Now));
        simulation.Signal(simulation.Scheduler.Resume(simulation.Groups[0], SuspendReasons.Paused, 0, simulation.Now));
        Assert.Null(simulation.Current(0));
        simulation.Signal(simulation.Scheduler.Resume(simulation.Groups[0], SuspendReasons.Held, 0, simulation.Now));
        Assert.NotNull(simulation.Current(0));
        Assert.NotNull(simulation.Current(1));
    }

    // A whole screen is drawn, memory is cleared: the console processor does not look at its vCPU meanwhile.
    [Fact]
    public void Share_PcpuThatHasOtherWorkNowAndThen_IsKept()
    {
        var simulation = new SchedulerSimulation(1, (2, 10), (1, 40));
        simulation.SetForeground(0);
        simulation.GiveAll(simulation.Groups[0]);
        simulation.GiveAll(simulation.Groups[1]);
        for (int i = 0; i < 10; i++)
        {
            simulation.Run(2400 * Millisecond);
            while (simulation.Current(0)!.Group != simulation.Groups[0])
            {
                simulation.Run(Millisecond);
            }

            simulation.Stall(100 * Millisecond);
        }

        simulation.Run(2400 * Millisecond);

        // A turn is due when a millisecond of it has come together.
        Assert.True((simulation.Groups[1][0].RunTime + Millisecond) * 100 >= simulation.Now * 40, $"{simulation.Groups[1][0].RunTime} of {simulation.Now}");
    }

    [Fact]
    public void Slice_ForegroundAlone_IsWhole_AndShortBesideOthers()
    {
        var group = new SchedulerGroup(1, 20);
        var other = new SchedulerGroup(1, 40);
        var scheduler = new Scheduler(1, 2);
        scheduler.Add(group);
        scheduler.Add(other);
        scheduler.Resume(group, SuspendReasons.Off, 0, 0);
        scheduler.SetForeground(group, 0, 0);
        scheduler.Wake(group[0], 0, 0);
        Assert.Same(group[0], scheduler.Pick(0, 0, out ulong sliceEnd, out _));
        Assert.Equal(Scheduler.Slice, sliceEnd);

        // The other sleeps, but would have to wait for the end of the slice when it wakes.
        ulong now = sliceEnd;
        scheduler.Resume(other, SuspendReasons.Off, 0, now);
        Assert.Same(group[0], scheduler.Pick(0, now, out sliceEnd, out _));
        Assert.InRange(sliceEnd - now, Scheduler.ShortestSlice, Scheduler.Slice / 2);
    }

    [Fact]
    public void YieldToSibling_SpinningVcpu_GivesTheRestOfItsSliceToTheOneThatWaits()
    {
        var simulation = new SchedulerSimulation(1, (2, 10), (1, 10));
        simulation.GiveAll(simulation.Groups[0]);
        simulation.GiveAll(simulation.Groups[1]);
        simulation.Run(Microsecond);
        SchedulerGroup vm = simulation.Groups[0];
        while (simulation.Current(0)!.Group != vm)
        {
            simulation.Run(Millisecond);
        }

        SchedulerTask spinner = simulation.Current(0)!;
        Assert.True(simulation.Scheduler.YieldToSibling(0));
        simulation.Look(0);
        Assert.Same(vm[0] == spinner ? vm[1] : vm[0], simulation.Current(0));
    }

    [Fact]
    public void YieldToSibling_TwoThatYieldToEachOther_StarveNobody()
    {
        var simulation = new SchedulerSimulation(1, (2, 10), (1, 20));
        simulation.SetForeground(0);
        simulation.GiveAll(simulation.Groups[0]);
        simulation.GiveAll(simulation.Groups[1]);
        for (int i = 0; i < 20_000; i++)
        {
            simulation.Run(50 * Microsecond);
            simulation.Scheduler.YieldToSibling(0);
        }

        Assert.InRange(simulation.Groups[1][0].RunTime, 180 * Millisecond, 250 * Millisecond);
    }

    [Fact]
    public void YieldToSibling_Alone_HasNobody()
    {
        var simulation = new SchedulerSimulation(2, (2, 10));
        simulation.GiveAll(simulation.Groups[0]);
        simulation.Run(Millisecond);

        Assert.False(simulation.Scheduler.YieldToSibling(0));
    }

    [Fact]
    public void BusyVms_ForegroundGetsWhatTheSharesLeave()
    {
        var simulation = new SchedulerSimulation(1, (1, 10), (1, 20), (1, 5));
        simulation.SetForeground(0);
        simulation.Groups.ForEach(vm => simulation.GiveAll(vm));
        simulation.Run(10 * Second);

        Assert.InRange(simulation.Groups[0][0].RunTime, 7400 * Millisecond, 7600 * Millisecond);
        Assert.InRange(simulation.Groups[1][0].RunTime, 1950 * Millisecond, 2050 * Millisecond);
        Assert.InRange(simulation.Groups[2][0].RunTime, 480 * Millisecond, 520 * Millisecond);
    }

    [Fact]
    public void BusyVms_ForegroundWithAPcpuToItself_KeepsIt()
    {
        var simulation = new SchedulerSimulation(2, (1, 10), (1, 20), (1, 5));
        simulation.SetForeground(0);
        simulation.Groups.ForEach(vm => simulation.GiveAll(vm));
        simulation.Run(10 * Second);

        // The background VMs find their time on the other pCPU, by and large.
        Assert.True(simulation.Groups[0][0].RunTime > 9 * Second);
        Assert.True(simulation.Groups[1][0].RunTime > 2 * Second);
    }

    [Fact]
    public void BusyVms_MenuOpen_AreEqual()
    {
        var simulation = new SchedulerSimulation(2, (1, 10), (1, 90), (1, 50));
        simulation.Groups.ForEach(vm => simulation.GiveAll(vm));
        simulation.Run(9 * Second);

        Assert.All(simulation.Groups, vm => Assert.InRange(vm[0].RunTime, 5800 * Millisecond, 6200 * Millisecond));
    }

    [Fact]
    public void ForegroundThatBlocksAndWakesWithoutEnd_LeavesTheOthersTheirShare()
    {
        var simulation = new SchedulerSimulation(1, (1, 10), (1, 25));
        simulation.SetForeground(0);
        simulation.Give(simulation.Groups[0][0], 30 * Microsecond, Microsecond);
        simulation.GiveAll(simulation.Groups[1]);
        simulation.Run(4 * Second);

        Assert.True(simulation.Groups[1][0].RunTime > 950 * Millisecond, $"{simulation.Groups[1][0].RunTime}");
    }

    [Fact]
    public void BusyVms_GetAtLeastTheirShares()
    {
        Gen.Select(Gen.Int[1, 6], s_vms, Gen.Int[0, 5]).Sample(
            (pcpus, vms, chosen) =>
            {
                var simulation = new SchedulerSimulation(pcpus, vms);
                int foreground = chosen % vms.Length;
                simulation.SetForeground(foreground);
                simulation.Groups.ForEach(vm => simulation.GiveAll(vm));
                simulation.Run(4 * Second);

                double guaranteed = 0;
                double[] entitled = [.. vms.Select(vm => vm.Share / 100.0 * Math.Min(vm.Vcpus, pcpus))];
                double sum = entitled.Where((_, vm) => vm != foreground).Sum();
                double cut = Math.Min(1, 0.9 * pcpus / sum);
                for (int vm = 0; vm < vms.Length; vm++)
                {
                    double got = Time(simulation.Groups[vm]) / 4.0 / Second;
                    if (vm != foreground)
                    {
                        guaranteed += entitled[vm] * cut;
                        Assert.True(got > (entitled[vm] * cut * 0.93) - 0.01, $"VM {vm} got {got:F3} of {entitled[vm] * cut:F3}");
                    }
                }

                double left = Math.Min(Math.Min(vms[foreground].Vcpus, pcpus), pcpus - guaranteed);
                double first = Time(simulation.Groups[foreground]) / 4.0 / Second;
                Assert.True(first > left * 0.85, $"the foreground VM got {first:F3} of {left:F3}");
            },
            iter: 150);
    }

    [Fact]
    public void AnyLoads_NobodyStarvesAndNoPcpuIsIdleWhileAVcpuWaits()
    {
        Gen<(ulong Work, ulong Sleep)> load = Gen.Select(Gen.ULong[10 * Microsecond, 30 * Millisecond], Gen.Bool, Gen.ULong[10 * Microsecond, 30 * Millisecond])
            .Select((work, busy, sleep) => (work, busy ? 0 : sleep));
        Gen.Select(Gen.Int[1, 5], s_vms, load.Array[24], Gen.Int[-1, 5]).Sample(
            (pcpus, vms, loads, chosen) =>
            {
                var simulation = new SchedulerSimulation(pcpus, vms);
                for (int i = 0; i < simulation.Scheduler.Count; i++)
                {
                    simulation.Give(simulation.Scheduler[i], loads[i].Work, loads[i].Sleep);
                }

                for (int round = 0; round < 3; round++)
                {
                    simulation.SetForeground(chosen < 0 ? -1 : (chosen + round) % vms.Length);
                    ulong[] before = [.. Enumerable.Range(0, simulation.Scheduler.Count).Select(i => simulation.Scheduler[i].RunTime)];
                    simulation.Run(2 * Second);
                    for (int i = 0; i < before.Length; i++)
                    {
                        Assert.True(simulation.Scheduler[i].RunTime > before[i], $"vCPU {i} starves");
                    }
                }
            },
            iter: 60);
    }

    [Fact]
    public void ForegroundVcpuThatSleepsMost_RunsSoonAfterItIsWoken()
    {
        Gen.Select(Gen.Int[1, 4], s_vms, Gen.ULong[50 * Microsecond, 2 * Millisecond]).Sample(
            (pcpus, vms, work) =>
            {
                vms[0].Vcpus = 1;
                var simulation = new SchedulerSimulation(pcpus, vms);
                simulation.SetForeground(0);
                simulation.Groups.ForEach(vm => simulation.GiveAll(vm));
                simulation.Give(simulation.Groups[0][0], work, 15 * Millisecond);
                simulation.Run(3 * Second);

                Assert.InRange(simulation.LongestWait(simulation.Groups[0][0]), 0ul, 8 * Millisecond);
            },
            iter: 60);
    }

    [Fact]
    public void BusyVcpus_KeepTheirPcpusAsLongAsTheyCan()
    {
        var simulation = new SchedulerSimulation(2, (1, 10), (1, 10), (1, 10), (1, 10));
        simulation.Groups.ForEach(vm => simulation.GiveAll(vm));
        simulation.Run(Second);
        int migrations = simulation.Migrations;
        simulation.Run(2 * Second);

        Assert.InRange(simulation.Migrations - migrations, 0, 4);
    }

    [Fact]
    public void ManyThreads_NeverRunOneVcpuTwice()
    {
        const int Pcpus = 4;
        var scheduler = new Scheduler(Pcpus, 12);
        var vms = new SchedulerGroup[4];
        for (int i = 0; i < vms.Length; i++)
        {
            vms[i] = new SchedulerGroup(3, 20);
            scheduler.Add(vms[i]);
            scheduler.Resume(vms[i], SuspendReasons.Off, 0, 0);
        }

        int[] runners = new int[12];
        bool twice = false;
        long time = 0;
        var threads = new Thread[Pcpus];
        for (int i = 0; i < Pcpus; i++)
        {
            int pcpu = i;
            threads[i] = new Thread(() =>
            {
                var random = new Random(pcpu);
                for (int round = 0; round < 20_000; round++)
                {
                    var now = (ulong)Interlocked.Add(ref time, 1 + random.Next(100_000));
                    SchedulerTask? task = scheduler.Pick(pcpu, now, out _, out _);
                    if (task != null)
                    {
                        twice |= Interlocked.Increment(ref runners[task.Id]) != 1;
                        if (random.Next(3) == 0)
                        {
                            scheduler.Block(task, pcpu, now + 1);
                        }

                        twice |= Interlocked.Decrement(ref runners[task.Id]) != 0;
                    }

                    scheduler.Wake(scheduler[random.Next(12)], pcpu, now);
                    switch (random.Next(200))
                    {
                        case 0:
                            scheduler.Suspend(vms[random.Next(4)], SuspendReasons.Paused, pcpu, now);
                            break;
                        case < 4:
                            scheduler.Resume(vms[random.Next(4)], SuspendReasons.Paused, pcpu, now);
                            break;
                        case 4:
                            scheduler.SetForeground(vms[random.Next(4)], pcpu, now);
                            break;
                        default:
                            break;
                    }
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.False(twice);
    }

    private static ulong Time(SchedulerGroup group)
    {
        ulong sum = 0;
        for (int i = 0; i < group.Count; i++)
        {
            sum += group[i].RunTime;
        }

        return sum;
    }
}
