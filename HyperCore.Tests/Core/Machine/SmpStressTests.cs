using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HyperCore.Core.Devices;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>The loops of several pCPUs as real threads: guests hand tokens round by IPI and halt in between, so one lost wake-up ends it all.</summary>
public sealed unsafe class SmpStressTests
{
    private const int Vcpus = 4;
    private const int Tokens = 2;
    private const byte Vector = 0x40;
    private const uint ApicBase = 0x1B;
    private const uint Spurious = 0x80F;
    private const uint EndOfInterrupt = 0x80B;
    private const uint Command = 0x830;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly int[] _handled = new int[Vcpus];
    private readonly Queue<(uint Msr, ulong Value)>[] _writes = [new(), new(), new(), new()];
    private readonly int[] _inside = new int[Vcpus];
    private long _passes;
    private volatile bool _over;
    private volatile bool _consoleHasEnded;
    private volatile bool _twice;
    private Exception? _failure;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Tokens_PassedByIpi_AreNeverLost(int pcpus)
    {
        using TestMachine machine = Prepared(pcpus);
        RunUntil(machine, passes: 4000, _ => { });
    }

    [Fact]
    public void Tokens_WhileTheVmIsPausedAndSwitched_AreNeverLost()
    {
        using TestMachine machine = Prepared(3);
        VirtualMachine vm = machine.Vms[0];
        RunUntil(machine, passes: 2000, turn =>
        {
            switch (turn % 40)
            {
                case 0:
                    vm.Pause();
                    break;
                case 3:
                    vm.Resume();
                    break;
                case 13:
                    vm.Hide();
                    break;
                case 23:
                    vm.Show();
                    break;
                case 33:
                    machine.VmHost.Dispatcher.SetForeground(turn % 80 == 33 ? null : vm.Group);
                    break;
                default:
                    break;
            }
        });
        Assert.Equal(VmState.Running, vm.State);
    }

    private void RunUntil(TestMachine machine, long passes, Action<int> console)
    {
        var watch = Stopwatch.StartNew();
        var threads = new Thread[machine.Loops.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int pcpu = i;
            machine.Host.FakePcpu(i).Threads = () => _over || watch.Elapsed > s_limit;
            threads[i] = new Thread(() => Loop(machine, pcpu, passes, console, watch));
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Null(_failure);
        Assert.False(_twice, "a vCPU ran on two pCPUs");
        Assert.True(_passes >= passes, $"the tokens stopped after {_passes} passes{Describe(machine)}");
    }

    private void Loop(TestMachine machine, int pcpu, long passes, Action<int> console, Stopwatch watch)
    {
        try
        {
            // The console processor may be waiting for the others to put their vCPUs down: they go on until it has ended.
            for (int turn = 0; !_over || (pcpu != 0 && !_consoleHasEnded); turn++)
            {
                if (pcpu == 0)
                {
                    machine.Supervisor.RunOnce();
                    console(turn);
                }
                else
                {
                    machine.Turn(pcpu);
                }

                machine.Host.FakeClock.Advance(1000);
                _over = _over || Interlocked.Read(ref _passes) >= passes || watch.Elapsed > s_limit;
            }

            if (pcpu == 0)
            {
                machine.Vms[0].Resume();
            }
        }
        catch (Exception exception)
        {
            _failure = exception;
            _over = true;
        }
        finally
        {
            if (pcpu == 0)
            {
                _consoleHasEnded = true;
            }
        }
    }

    private static string Describe(TestMachine machine)
    {
        string text = "";
        for (int i = 0; i < Vcpus; i++)
        {
            Vcpu vcpu = machine.Vms[0][i];
            LocalApic apic = machine.Vms[0].Platform.LocalApics[i];
            text += $"\n{i}: {vcpu.Task.State} pcpu={vcpu.Task.Pcpu} loaded={vcpu.Task.IsLoaded} halted={vcpu.Halted} pending={apic.PendingVector} service={apic.ServiceNeeded}";
        }

        return text;
    }

    private TestMachine Prepared(int pcpus)
    {
        var machine = new TestMachine($"[hypercore]\ntimeout = none\n[vm a]\nkernel = \\k\nmemory = 4M\ncpus = {Vcpus}\n", hasScreen: true, pcpus: pcpus);
        machine.Supervisor.Start();
        machine.Open(0);
        VirtualMachine vm = machine.Vms[0];
        vm.Enter();
        vm.Platform.LocalApic.WriteMmio(0x300, 4, 0xC_4500);
        vm.Platform.LocalApic.WriteMmio(0x300, 4, 0xC_4610);
        vm.Leave();
        for (int i = 0; i < Vcpus; i++)
        {
            int vcpu = i;
            machine.AllCpus[0][i].WhenIdle = () => Step(machine.AllCpus[0][vcpu], vcpu);
        }

        machine.Run(50);
        vm.Enter();
        for (int i = 0; i < Vcpus; i++)
        {
            Assert.False(vm[i].IsWaitingForSipi);
            LocalApic apic = vm.Platform.LocalApics[i];
            apic.TryReadMsr(ApicBase, out ulong value);
            Assert.True(apic.TryWriteMsr(ApicBase, value | 0xC00));
            Assert.True(apic.TryWriteMsr(Spurious, 0x1FF));
        }

        for (int i = 0; i < Tokens; i++)
        {
            vm.Platform.LocalApics[i].TryWriteMsr(Command, ((ulong)(i + 1) << 32) | 0x4000 | Vector);
        }

        vm.Leave();
        return machine;
    }

    /// <summary>What a guest does next: handles an interrupt by passing the token on, or halts.</summary>
    private VmExit Step(FakeVirtualProcessor cpu, int vcpu)
    {
        _twice |= Interlocked.Increment(ref _inside[vcpu]) != 1;
        cpu.Rflags = 0x202;
        if (cpu.Interrupts.Count > _handled[vcpu])
        {
            _handled[vcpu]++;
            Interlocked.Increment(ref _passes);
            _writes[vcpu].Enqueue((EndOfInterrupt, 0));
            _writes[vcpu].Enqueue((Command, ((ulong)((vcpu + 1) % Vcpus) << 32) | 0x4000 | Vector));
        }

        var exit = new VmExit { Reason = ExitReason.Halt, NextRip = 1 };
        if (_writes[vcpu].TryDequeue(out (uint Msr, ulong Value) write))
        {
            cpu.Registers->Rcx = write.Msr;
            cpu.Registers->Rax = (uint)write.Value;
            cpu.Registers->Rdx = write.Value >> 32;
            exit = new VmExit { Reason = ExitReason.Msr, IsWrite = true, NextRip = 1 };
        }

        Interlocked.Decrement(ref _inside[vcpu]);
        return exit;
    }
}
