using System;
using System.Runtime;
using System.Runtime.InteropServices;

namespace HyperCore.SelfTest.Tests;

/// <summary>Allocation, virtual calls, boxing, generics, delegates.</summary>
internal static unsafe class ObjectTests
{
    // Keeps the compiler from putting the objects on the stack.
    private static Animal[]? s_animals;

    private enum Colour : byte
    {
        Red = 1,
        Green = 200,
    }

    internal static void Run()
    {
        ulong before = Arena.AllocationCount;
        nuint used = Arena.Used;
        Animal[] animals = [new Dog(), new Cat(), new Puppy()];
        s_animals = animals;
        Report.Equal("new.counts-allocations", 4, (long)(Arena.AllocationCount - before));
        Report.Check("new.uses-arena", Arena.Used - used >= 4 * 24, "too little");
        Report.Equal("virtual.override", 111, animals[0].Legs + (10 * animals[1].Speed) + 7 + s_animals[2].Bonus);
        Report.Equal("virtual.inherited", 4, animals[2].Legs);

        object boxed = 42;
        Report.Equal("box.int", 42, (int)boxed);
        object colour = Colour.Green;
        Report.Equal("box.enum", 200, (byte)(Colour)colour);
        Report.Check("box.equals", boxed.Equals(42) && !boxed.Equals(43) && !boxed.Equals(42L), "wrong");
        object pair = new Pair(3, 4);
        var unboxed = (Pair)pair;
        Report.Equal("box.struct", 34, (unboxed.Left * 10) + unboxed.Right);
        Report.Check("struct.default-equals", pair.Equals(new Pair(3, 4)) && !pair.Equals(new Pair(3, 5)), "bytes");
        object named = new Named("a" + One(), 1);
        Report.Check("struct.default-equals-references", named.Equals(new Named("a1", 1)) && !named.Equals(new Named("a2", 1)), "fields");

        int? some = Maybe(5);
        int? none = Maybe(-1);
        Report.Check("nullable.values", some.HasValue && some.Value == 5 && !none.HasValue && none.GetValueOrDefault(9) == 9, "wrong");
        object? boxedSome = some;
        object? boxedNone = none;
        Report.Check("nullable.box", boxedSome is int and 5 && boxedNone == null, "wrong");
        Report.Check("nullable.unbox", (int?)boxedSome == 5 && (int?)boxedNone == null, "wrong");

        int captured = 10;
        Func<int, int> closed = x => x + captured;
        captured = 20;
        Report.Equal("delegate.closure", 25, closed(5));
        Func<int, int> open = Double;
        Report.Equal("delegate.static", 42, open(21));
        Func<int> instance = new Counter(7).Next;
        Report.Equal("delegate.instance", 15, instance() + instance());
        Func<int> viaVirtual = animals[1].GetSpeed;
        Report.Equal("delegate.virtual", 10, viaVirtual());
        Func<int> viaInterface = ((INext)new Counter(30)).Next;
        Report.Equal("delegate.interface", 30, viaInterface());
        Action<Counter> viaLambda = static c => c.Next();
        var counter = new Counter(1);
        viaLambda(counter);
        Report.Equal("delegate.static-lambda", 2, counter.Next());

        Report.Equal("generic.method-value", 7, Pick(true, 7, 8));
        Report.Equal("generic.method-reference", "yes", Pick(true, "yes", "no"));
        Report.Equal("generic.class", 5, new Holder<Pair>(new Pair(2, 3)).Value.Sum);
        Report.Equal("generic.static-per-instantiation", 3, CountUp<int>() + CountUp<int>() + CountUp<string>() - 1);

        delegate*<int, int> pointer = &Double;
        Report.Equal("pointer.managed", 6, pointer(3));
        delegate* unmanaged<int, int, int> callback = &Subtract;
        Report.Equal("pointer.unmanaged-callback", 4, callback(7, 3));

        (int quotient, int remainder) = Divide(17, 5);
        Report.Equal("tuple.deconstruct", 32, (quotient * 10) + remainder);
        Report.Check("tuple.equals", (1, "a", 3UL).Equals((1, "a", 3UL)) && !(1, 2).Equals((1, 3)), "wrong");

        Buffer8 inline = default;
        for (int i = 0; i < 8; i++)
        {
            inline[i] = (byte)(i * 3);
        }

        Span<byte> inlineSpan = inline;
        Report.Equal("inline-array", 21 + 12, inlineSpan[7] + inlineSpan[4]);
    }

    private static string One() => "1";

    private static int? Maybe(int value) => value < 0 ? null : value;

    private static int Double(int value) => value * 2;

    [UnmanagedCallersOnly]
    private static int Subtract(int left, int right) => left - right;

    private static T Pick<T>(bool first, T left, T right) => first ? left : right;

    private static (int Quotient, int Remainder) Divide(int left, int right) => (left / right, left % right);

    private static int CountUp<T>() => ++Counts<T>.Value;

    private static class Counts<T>
    {
        internal static int Value;
    }

    private abstract class Animal
    {
        internal virtual int Legs => 4;

        internal abstract int Speed { get; }

        internal virtual int Bonus => 0;

        internal int GetSpeed() => Speed;
    }

    private class Dog : Animal
    {
        internal override int Speed => 20;
    }

    private sealed class Cat : Animal
    {
        internal override int Speed => 10;
    }

    private sealed class Puppy : Dog
    {
        internal override int Bonus => 0;
    }

    private interface INext
    {
        int Next();
    }

    private sealed class Counter(int first) : INext
    {
        private int _next = first;

        public int Next() => _next++;
    }

    private sealed class Holder<T>(T value)
    {
        internal T Value { get; } = value;
    }

    private readonly struct Pair(int left, int right)
    {
        internal readonly int Left = left;
        internal readonly int Right = right;

        internal int Sum => Left + Right;
    }

    private readonly struct Named(string name, int number)
    {
        private readonly string _name = name;
        private readonly int _number = number;

        internal int Length => _name.Length + _number;
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Buffer8
    {
        private byte _first;
    }
}
