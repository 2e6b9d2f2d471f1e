using System;
using System.Collections.Generic;
using System.Runtime;

namespace HyperCore.SelfTest.Tests;

/// <summary>Interface calls through dispatch cells, of all sorts.</summary>
internal static class InterfaceTests
{
    internal static void Run()
    {
        IShape square = new Square(3);
        int sum = 0;
        for (int i = 0; i < 10; i++)
        {
            sum += square.Area();
        }

        Report.Equal("interface.monomorphic", 90, sum);

        IShape[] shapes = [new Square(2), new Rectangle(2, 5), new Unit(), new Big(1), new Rectangle(1, 1)];
        sum = 0;
        for (int round = 0; round < 3; round++)
        {
            foreach (IShape shape in shapes)
            {
                sum += shape.Area();
            }
        }

        Report.Equal("interface.polymorphic", 3 * (4 + 10 + 1 + 1001 + 1), sum);
        Report.Equal("interface.second-method", 4, shapes[1].Corners());
        Report.Equal("interface.default-method", 40, shapes[0].Tenfold());
        Report.Equal("interface.default-overridden", 77, shapes[2].Tenfold());
        Report.Equal("interface.explicit", 5, ((ISecond)new Square(1)).Area());
        Report.Equal("interface.inherited", 1001, ((IShape)new Big(1)).Area());

        Report.Equal("interface.generic-int", 6, UseSource<int>(new Numbers(5)) + 1);
        Report.Equal("interface.generic-string", "text", UseSource<string>(new Texts()));
        ISource<object> covariant = new Texts();
        Report.Equal("interface.covariant", "text", (string)covariant.Get());
        ISink<string> contravariant = new AnySink();
        Report.Equal("interface.contravariant", 1, contravariant.Put("x"));

        Report.Equal("interface.many-arguments", 36 + 1, Create().Sum(1, 2, 3, 4, 5, 6, 7, 8));
        Report.Equal("interface.struct-boxed", 9, ((IShape)new Point(9)).Area());
        Report.Equal("interface.struct-constrained", 8, AreaOf(new Point(8)));
        Report.Equal("interface.equatable", 1, ((IEquatable<int>)5).Equals(5) ? 1 : 0);

        int total = 0;
        IEnumerable<int> numbers = new int[] { 1, 2, 3 };
        foreach (int number in numbers)
        {
            total += number;
        }

        Report.Equal("interface.array-enumerable", 6, total);
        IReadOnlyList<string> names = new string[] { "a", "bc" };
        Report.Equal("interface.array-list", 4, names[1].Length + names.Count);

        ulong before = Arena.AllocationCount;
        for (int i = 0; i < 100; i++)
        {
            sum += shapes[i % shapes.Length].Area();
        }

        Report.Equal("interface.call-allocates-nothing", 0, (long)(Arena.AllocationCount - before));
    }

    private static T UseSource<T>(ISource<T> source) => source.Get();

    private static int AreaOf<T>(T shape)
        where T : IShape
        => shape.Area();

    private static IAdder Create() => new Adder();

    private interface IShape
    {
        int Area();

        int Corners() => 4;

        int Tenfold() => Area() * 10;
    }

    private interface ISecond
    {
        int Area();
    }

    private interface ISource<out T>
    {
        T Get();
    }

    private interface ISink<in T>
    {
        int Put(T value);
    }

    private interface IAdder
    {
        int Sum(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    private class Square(int side) : IShape, ISecond
    {
        public virtual int Area() => side * side;

        int ISecond.Area() => 5;
    }

    private sealed class Big(int side) : Square(side)
    {
        public override int Area() => base.Area() + 1000;
    }

    private sealed class Rectangle(int width, int height) : IShape
    {
        public int Area() => width * height;
    }

    private sealed class Unit : IShape
    {
        public int Area() => 1;

        public int Tenfold() => 77;
    }

    private readonly struct Point(int weight) : IShape
    {
        public int Area() => weight;
    }

    private sealed class Numbers(int value) : ISource<int>
    {
        public int Get() => value;
    }

    private sealed class Texts : ISource<string>
    {
        public string Get() => "text";
    }

    private sealed class AnySink : ISink<object>
    {
        public int Put(object value) => value is string ? 1 : 0;
    }

    private sealed class Adder : IAdder
    {
        private readonly int _one = 1;

        public int Sum(int a, int b, int c, int d, int e, int f, int g, int h) => a + b + c + d + e + f + g + h + _one;
    }
}
