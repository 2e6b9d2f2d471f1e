using System;
using System.Runtime.CompilerServices;

namespace HyperCore.SelfTest.Tests;

/// <summary>Type tests, on classes, interfaces, arrays and variant generics.</summary>
internal static class CastTests
{
    internal static void Run()
    {
        object derived = new Derived();
        object other = new Other();
        Report.Check("cast.class", derived is Base && derived is Derived && other is not Base, "wrong");
        Report.Check("cast.interface", derived is IMark && other is not IMark, "wrong");
        Report.Check("cast.as", derived as Base != null && other as Base == null, "wrong");
        Report.Equal("cast.explicit", 3, ((Base)derived).Number);
        object strings = Opaque(new string[2]);
        object integers = Opaque(new int[2]);
        Report.Check("cast.array-covariant", strings is object[] && strings is string[] && integers is not object[], "wrong");
        Report.Check("cast.array-system", strings is Array && integers is Array, "wrong");
        Report.Check("cast.array-integers", integers is uint[] && integers is not long[], "wrong");
        object nested = Opaque(new Derived[1][]);
        Report.Check("cast.array-nested", Is<Base[][]>(nested) && Is<object[][]>(nested) && Is<object[]>(nested) && !Is<string[][]>(nested), "wrong");
        object action = (Action<object>)(static _ => { });
        Report.Check("cast.delegate-contravariant", Is<Action<string>>(action), "not an Action<string>");
        Report.Check("cast.delegate-invariant", !Is<Action<int>>(action), "an Action<int>");
        object function = (Func<string>)(static () => "f");
        Report.Check("cast.delegate-covariant", Is<Func<object>>(function) && !Is<Func<int>>(function), "wrong");
        Report.Equal("cast.pattern", "derived int text null", string.Concat(Name(derived), Name(5), Name("x"), Name(null)));
        Report.Check("cast.enum-underlying", (object)Mode.On is Mode and not Mode.Off && (object)Mode.On is not int, "wrong");
        _ = Opaque(new OpenMarked());
        RunChains();
        Report.Check("cast.generic", Is<string>("x") && !Is<string>(5) && Is<int>(5) && Is<Base>(derived), "wrong");
    }

    // Several tests of one object in a row, as code with patterns has them.
    private static void RunChains()
    {
        object marked = Opaque(new Derived());
        Report.Check("cast.chain-interfaces", !(marked is IMark && marked is IOtherMark), "both");
        Report.Check("cast.chain-interfaces-else", marked is IOtherMark || marked is IMark, "none");
        Report.Check("cast.chain-classes", !(marked is Base && marked is Open), "both");
        Report.Check("cast.chain-classes-else", marked is Open || marked is Base, "none");
        object array = Opaque(new string[1]);
        Report.Check("cast.chain-arrays", array is object[] && array is not Base[], "wrong");
        // The compiler takes a class, array or delegate type that is nowhere created for one that no object has, variance or not.
        _ = Opaque((Func<object>)(static () => "o"));
        object function = Opaque((Func<string>)(static () => "f"));
        Report.Check("cast.chain-delegates", function is Func<object> && function is not Func<Base>, "wrong");
    }

    private enum Mode
    {
        Off,
        On,
    }

    private interface IMark
    {
    }

    private interface IOtherMark
    {
    }

    private class Open
    {
    }

    private sealed class OpenMarked : Open, IOtherMark
    {
    }

    // Hides from the compiler what the object is: the casts are to be done, not folded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Opaque(object value) => value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Is<T>(object value) => value is T;

    private static string Name(object? value) => value switch
    {
        null => "null",
        int => "int ",
        string => "text ",
        Derived => "derived ",
        _ => "? ",
    };

    private class Base
    {
        internal int Number { get; } = 3;
    }

    private sealed class Derived : Base, IMark
    {
    }

    private sealed class Other
    {
    }
}
