using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>A device's queue against a driver that was written from the specification, for both layouts and all features.</summary>
public sealed class VirtqueuePropertyTests
{
    // The ring lies across the border of two slots of memory.
    private const ulong SlotEnd = 0x2_0000;
    private const ulong Tables = 0x10_0000;
    private const ulong Buffers = 0x4_0000;
    private const int MaxPieces = 5;

    private static readonly Gen<(int Kind, int A, int B)> s_step = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 1000], Gen.Int[0, 1000]);

    [Theory]
    [InlineData(false, 0ul)]
    [InlineData(false, RingDriver.EventIndexFlag)]
    [InlineData(false, RingDriver.IndirectFlag)]
    [InlineData(false, RingDriver.EventIndexFlag | RingDriver.IndirectFlag)]
    [InlineData(true, 0ul)]
    [InlineData(true, RingDriver.EventIndexFlag)]
    [InlineData(true, RingDriver.IndirectFlag)]
    [InlineData(true, RingDriver.EventIndexFlag | RingDriver.IndirectFlag)]
    public void RandomTraffic_NothingIsLostOrMixedUp(bool packed, ulong features)
    {
        Gen<int> sizes = packed ? Gen.Int[1, 19] : Gen.Int[0, 4].Select(power => 1 << power);
        Gen.Select(sizes, s_step.Array[0, 300]).Sample((size, steps) =>
        {
            var run = new Run(packed, features, size);
            foreach ((int kind, int a, int b) in steps)
            {
                run.Step(kind, a, b);
            }

            run.Drain();
        });
    }

    [Theory]
    [InlineData(false, 0ul)]
    [InlineData(false, RingDriver.EventIndexFlag)]
    [InlineData(true, 0ul)]
    [InlineData(true, RingDriver.EventIndexFlag)]
    public void LongTraffic_IndicesWrap_NothingIsLost(bool packed, ulong features)
    {
        var run = new Run(packed, features, packed ? 7 : 8);
        var random = new Random(1);
        for (int i = 0; i < 900_000; i++)
        {
            run.Step(random.Next(7), random.Next(1000), random.Next(1000));
        }

        run.Drain();
        Assert.True(run.Completed > 66_000, $"only {run.Completed} buffers went through");
    }

    /// <summary>
    /// Driver and device, each of which sleeps when it found nothing to do and had asked to be woken; whoever does something then has to wake it.
    /// </summary>
    private sealed class Run
    {
        private readonly FakeGuestMemory _memory = new(SlotEnd);
        private readonly RingDriver _driver;
        private readonly Virtqueue _queue;
        private readonly bool _tables;
        private readonly Queue<int> _offered = new();
        private readonly Queue<Returned> _used = new();
        private readonly Dictionary<int, Piece[]> _pieces = [];
        private readonly List<(DescriptorChain Chain, int Token)> _inHand = [];
        private readonly int _capacity;
        private int _nextToken;
        private bool _deviceSleeps;
        private bool _driverSleeps;
        private bool _deviceWants = true;

        public Run(bool packed, ulong features, int size)
        {
            _memory.Add(SlotEnd, 0x20_0000);
            ulong ring = SlotEnd - (((ulong)size / 2) * 16);
            _driver = RingDriver.Create(packed, _memory, ring, Tables, size, features);
            _queue = _driver.CreateQueue(features);
            _tables = (features & RingDriver.IndirectFlag) != 0;
            _capacity = Math.Max(size, MaxPieces);
        }

        public int Completed { get; private set; }

        public void Step(int kind, int a, int b)
        {
            switch (kind)
            {
                case 0 or 1:
                    Offer(a, b);
                    break;
                case 2:
                    Take();
                    break;
                case 3:
                    Put(a, b);
                    break;
                case 4:
                    Collect();
                    break;
                case 5:
                    Interrupt();
                    break;
                default:
                    DeviceChoosesNotifications(a % 4 != 0);
                    break;
            }
        }

        public void Drain()
        {
            DeviceChoosesNotifications(true);
            while (_offered.Count > 0 || _inHand.Count > 0 || _used.Count > 0)
            {
                Take();
                Put(0, 1000);
                Interrupt();
                Collect();
            }

            Assert.Empty(_pieces);
            Assert.Equal(_driver.Size, _driver.FreeDescriptors);
        }

        private void Offer(int a, int b)
        {
            bool asTable = _tables && a % 3 == 0;
            int room = asTable ? Math.Min(_driver.FreeDescriptors, 1) : _driver.FreeDescriptors;
            if (room == 0)
            {
                return;
            }

            int count = 1 + (a % Math.Min(MaxPieces, asTable ? MaxPieces : room));
            int readable = b % (count + 1);
            int token = _nextToken++;
            var pieces = new Piece[count];
            for (int i = 0; i < count; i++)
            {
                ulong address = Buffers + ((ulong)(token % 256) * 0x400) + ((ulong)i * 0x80);
                pieces[i] = new Piece(address, (uint)(1 + ((a + (b * i)) % 0x70)), i >= readable);
                _memory.Write(address, Contents(token, i, pieces[i]));
            }

            _pieces.Add(token, pieces);
            _offered.Enqueue(token);
            if (_driver.Offer(token, pieces, asTable))
            {
                _deviceSleeps = false;
            }

            Assert.False(_deviceSleeps && _deviceWants, "the device sleeps, and the driver was not told to wake it");
        }

        private void Take()
        {
            var chain = new DescriptorChain(_memory.Memory, _capacity);
            TakeResult result = _queue.TryTake(chain);
            if (_offered.Count == 0)
            {
                Assert.Equal(TakeResult.Empty, result);
                _deviceSleeps = true;
                return;
            }

            Assert.Equal(TakeResult.Taken, result);
            int token = _offered.Dequeue();
            Piece[] pieces = _pieces[token];
            byte[] expected = pieces.SelectMany((piece, i) => piece.Writable ? [] : Contents(token, i, piece)).ToArray();
            Assert.Equal((ulong)expected.Length, chain.ReadableLeft);
            Assert.Equal(pieces.Sum(piece => piece.Writable ? piece.Length : 0), (long)chain.WritableLeft);
            byte[] read = new byte[expected.Length];
            Assert.True(chain.TryRead(read.AsSpan(0, read.Length / 2)));
            Assert.True(chain.TryRead(read.AsSpan(read.Length / 2)));
            Assert.False(chain.TryRead(new byte[1]));
            Assert.Equal(expected, read);
            _inHand.Add((chain, token));
        }

        private void Put(int a, int b)
        {
            if (_inHand.Count == 0)
            {
                return;
            }

            (DescriptorChain chain, int token) = _inHand[a % _inHand.Count];
            _inHand.RemoveAt(a % _inHand.Count);
            byte[] answer = new byte[(int)Math.Min(chain.WritableLeft, (ulong)b)];
            answer.AsSpan().Fill((byte)(token + 1));
            Assert.True(chain.TryWrite(answer.AsSpan(0, answer.Length / 3)));
            Assert.True(chain.TryWrite(answer.AsSpan(answer.Length / 3)));
            Assert.False(chain.TryWrite(new byte[chain.WritableLeft + 1]));
            _queue.Put(chain);
            _used.Enqueue(new Returned(token, (uint)answer.Length));
            Completed++;
        }

        private void Interrupt()
        {
            if (_queue.TakeInterruptRequest())
            {
                _driverSleeps = false;
            }

            Assert.False(_driverSleeps && _used.Count > 0, "the driver sleeps, and the device did not wake it");
        }

        private void Collect()
        {
            if (_driverSleeps)
            {
                return;
            }

            while (_driver.TryCollect(out Returned returned))
            {
                Assert.Equal(_used.Dequeue(), returned);
                CheckAnswer(returned);
            }

            Assert.Empty(_used);
            _driver.WantInterrupt();
            _driverSleeps = true;
        }

        private void CheckAnswer(Returned returned)
        {
            Piece[] pieces = _pieces[returned.Token];
            _pieces.Remove(returned.Token);
            int left = (int)returned.Written;
            for (int i = 0; i < pieces.Length; i++)
            {
                byte[] expected = Contents(returned.Token, i, pieces[i]);
                if (pieces[i].Writable)
                {
                    int written = Math.Min(left, expected.Length);
                    expected.AsSpan(0, written).Fill((byte)(returned.Token + 1));
                    left -= written;
                }

                Assert.Equal(expected, _memory.Read(pieces[i].Address, expected.Length));
            }

            Assert.Equal(0, left);
        }

        private void DeviceChoosesNotifications(bool wanted)
        {
            _queue.SetNotifications(wanted);
            _deviceWants = wanted;
            _deviceSleeps = false;
        }

        private static byte[] Contents(int token, int index, Piece piece) =>
            Enumerable.Range(0, (int)piece.Length).Select(i => (byte)((token * 31) + (index * 7) + i)).ToArray();
    }
}
