using System;
using System.Threading;
using Xunit;
using SpinLock = HyperCore.Core.Processor.SpinLock;

namespace HyperCore.Tests.Processor;

public sealed class SpinLockTests
{
    private readonly SpinLock _lock = new();

    [Fact]
    public void Enter_FreeLock_IsHeldUntilExit()
    {
        _lock.Enter(3);
        Assert.True(_lock.IsHeld);
        Assert.True(_lock.IsHeldBy(3));
        Assert.False(_lock.IsHeldBy(0));

        _lock.Exit();
        Assert.False(_lock.IsHeld);
    }

    [Fact]
    public void TryEnter_HeldLock_IsRefused()
    {
        Assert.True(_lock.TryEnter(0));
        Assert.False(_lock.TryEnter(1));
        Assert.False(_lock.TryEnter(0));
        Assert.True(_lock.IsHeldBy(0));
    }

    [Fact]
    public void Enter_ByItsHolder_IsAnErrorAndNoEndlessLoop()
    {
        _lock.Enter(0);
        Assert.Throws<InvalidOperationException>(() => _lock.Enter(0));
    }

    [Fact]
    public void Enter_ManyThreads_OnlyOneAtATime()
    {
        const int Threads = 4;
        const int Rounds = 50_000;
        long count = 0;
        int inside = 0;
        bool overlapped = false;
        var threads = new Thread[Threads];
        for (int i = 0; i < Threads; i++)
        {
            int pcpu = i;
            threads[i] = new Thread(() =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    _lock.Enter(pcpu);
                    overlapped |= ++inside != 1;
                    count++;
                    inside--;
                    _lock.Exit();
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(Threads * Rounds, count);
        Assert.False(overlapped);
    }
}
