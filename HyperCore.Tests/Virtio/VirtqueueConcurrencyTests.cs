using System;
using System.Threading;
using System.Threading.Tasks;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>
/// Driver and device on two processors at once. Each sleeps as soon as it finds nothing to do, after it has asked to be woken: a barrier or a
/// second look that is missing on either side ends in a sleep from which nobody wakes it.
/// </summary>
public sealed class VirtqueueConcurrencyTests
{
    private const int Size = 4;
    private const int Buffers = 60_000;
    private const ulong Features = RingDriver.EventIndexFlag;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false, 0ul)]
    [InlineData(false, Features)]
    [InlineData(true, 0ul)]
    [InlineData(true, Features)]
    public async Task TwoProcessors_NoWakeUpIsLost(bool packed, ulong features)
    {
        var memory = new FakeGuestMemory(0x1_0000);
        RingDriver driver = RingDriver.Create(packed, memory, 0x1000, 0x4000, Size, features);
        Virtqueue queue = driver.CreateQueue(features);
        using var deviceBell = new SemaphoreSlim(0);
        using var driverBell = new SemaphoreSlim(0);
        Task device = Task.Factory.StartNew(() => Serve(memory, queue, deviceBell, driverBell), TaskCreationOptions.LongRunning);
        Task guest = Task.Factory.StartNew(() => Drive(driver, deviceBell, driverBell), TaskCreationOptions.LongRunning);
        await Task.WhenAll(device, guest);
        Assert.Equal(Size, driver.FreeDescriptors);
    }

    private static void Serve(FakeGuestMemory memory, Virtqueue queue, SemaphoreSlim bell, SemaphoreSlim driverBell)
    {
        var chain = new DescriptorChain(memory.Memory, Size);
        int served = 0;
        while (true)
        {
            while (queue.TryTake(chain) == TakeResult.Taken)
            {
                Assert.True(chain.TryWrite([(byte)served]));
                queue.Put(chain);
                served++;
            }

            if (queue.TakeInterruptRequest())
            {
                driverBell.Release();
            }

            if (served == Buffers)
            {
                return;
            }

            Assert.True(bell.Wait(s_limit), $"the device slept for good after {served} buffers");
        }
    }

    private static void Drive(RingDriver driver, SemaphoreSlim deviceBell, SemaphoreSlim bell)
    {
        int offered = 0;
        int collected = 0;
        while (collected < Buffers)
        {
            while (offered < Buffers && driver.FreeDescriptors > 0)
            {
                if (driver.Offer(offered, [new Piece(0x6000 + (ulong)(offered % 64), 1, true)]))
                {
                    deviceBell.Release();
                }

                offered++;
            }

            if (Collect(driver, ref collected))
            {
                continue;
            }

            driver.WantInterrupt();
            Thread.MemoryBarrier();
            if (!Collect(driver, ref collected))
            {
                Assert.True(bell.Wait(s_limit), $"the driver slept for good after {collected} buffers");
            }
        }
    }

    private static bool Collect(RingDriver driver, ref int collected)
    {
        bool any = false;
        while (driver.TryCollect(out Returned returned))
        {
            Assert.Equal(new Returned(collected, 1), returned);
            collected++;
            any = true;
        }

        return any;
    }
}
